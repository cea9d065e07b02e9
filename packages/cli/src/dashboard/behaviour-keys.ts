import { charactersOf } from "../view/text.js";
import { groupStep, menuEntries } from "./behaviour-menu.js";
import type { Key } from "./keys.js";
import type { DashboardState, Mode, Transition } from "./state.js";

type Choosing = Extract<Mode, { kind: "behaviours" }>;

/** Longer than any name. */
const FILTER_LENGTH_MAX = 30;

/** Opens the list of behaviours for a replica: an honest one starts at the first lie, a lying one at what it does now. */
export function openBehaviours(state: DashboardState, replica: number): DashboardState {
  const current = state.cluster.replicas[replica]?.status?.behaviour ?? null;
  const index = menuEntries(state.behaviours, "").findIndex(({ behaviour }) => behaviour === current);
  return { ...state, mode: { kind: "behaviours", replica, chosen: Math.max(1, index), filter: "" } };
}

/** A key while the list of behaviours is open. Letters narrow the list down. */
export function behaviourKey(state: DashboardState, mode: Choosing, key: Key): Transition {
  const entries = menuEntries(state.behaviours, mode.filter);
  const choose = (chosen: number): Transition => withMode(state, { ...mode, chosen });
  switch (key.kind) {
    case "up":
      return choose(mode.chosen > 0 ? mode.chosen - 1 : Math.max(0, entries.length - 1));
    case "down":
      return choose(mode.chosen + 1 < entries.length ? mode.chosen + 1 : 0);
    case "left":
      return choose(groupStep(entries, mode.chosen, -1));
    case "right":
    case "tab":
      return choose(groupStep(entries, mode.chosen, 1));
    case "home":
      return choose(0);
    case "end":
      return choose(Math.max(0, entries.length - 1));
    case "enter":
      return switchOn(state, mode);
    case "escape":
      return mode.filter === "" ? withMode(state, { kind: "watch" }) : filtered(state, mode, "");
    case "backspace":
      return filtered(state, mode, charactersOf(mode.filter).slice(0, -1).join(""));
    case "character":
      return filtered(state, mode, mode.filter + key.character);
    case "backtab":
    case "page-up":
      return choose(groupStep(entries, mode.chosen, -1));
    case "page-down":
      return choose(groupStep(entries, mode.chosen, 1));
    case "control":
      return key.letter === "u" ? filtered(state, mode, "") : { state, commands: [] };
  }
}

function withMode(state: DashboardState, mode: Mode): Transition {
  return { state: { ...state, mode }, commands: [] };
}

/** The first of what is left is chosen; with the whole list back, what was chosen stays so. */
function filtered(state: DashboardState, mode: Choosing, filter: string): Transition {
  if (charactersOf(filter).length > FILTER_LENGTH_MAX || filter === mode.filter) return { state, commands: [] };
  const before = menuEntries(state.behaviours, mode.filter)[mode.chosen];
  const again = filter === "" ? menuEntries(state.behaviours, "").findIndex(({ name }) => name === before?.name) : 0;
  return withMode(state, { ...mode, filter, chosen: Math.max(0, again) });
}

function switchOn(state: DashboardState, mode: Choosing): Transition {
  const entry = menuEntries(state.behaviours, mode.filter)[mode.chosen];
  if (entry === undefined) return { state, commands: [] };
  return {
    state: { ...state, mode: { kind: "watch" } },
    commands: [{ kind: "behave", replica: mode.replica, behaviour: entry.behaviour }],
  };
}
