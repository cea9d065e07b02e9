import type { Key } from "./keys.js";
import type { DashboardState, Mode, Transition } from "./state.js";

/** A key while the list of behaviours is open. */
export function behaviourKey(state: DashboardState, mode: Extract<Mode, { kind: "behaviours" }>, key: Key): Transition {
  const count = state.behaviours.length + 1;
  const move = (steps: number): Transition => ({
    state: { ...state, mode: { ...mode, chosen: (mode.chosen + steps + count) % count } },
    commands: [],
  });
  if (key.kind === "up") return move(-1);
  if (key.kind === "down" || key.kind === "tab") return move(1);
  if (key.kind === "enter") {
    const behaviour = mode.chosen === 0 ? null : (state.behaviours[mode.chosen - 1]?.name ?? null);
    return { state: { ...state, mode: { kind: "watch" } }, commands: [{ kind: "behave", replica: mode.replica, behaviour }] };
  }
  if (key.kind === "escape") return { state: { ...state, mode: { kind: "watch" } }, commands: [] };
  if (key.kind !== "character") return { state, commands: [] };
  switch (key.character) {
    case "k":
      return move(-1);
    case "j":
    case "L":
    case "l":
      return move(1);
    case "q":
      return { state: { ...state, mode: { kind: "watch" } }, commands: [] };
    default:
      return { state, commands: [] };
  }
}
