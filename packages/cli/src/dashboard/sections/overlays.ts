import { glyphs } from "../../view/glyphs.js";
import { type Line, span } from "../../view/line.js";
import { fit } from "../../view/text.js";
import { firstShown } from "../layout.js";
import type { DashboardState, Mode } from "../state.js";

const helpKeys: readonly (readonly [string, string])[] = [
  ["↑ ↓ j k 0-9", "select a replica"],
  ["K", "kill it (SIGKILL)"],
  ["R", "restart it"],
  ["P", "pause it (SIGSTOP), or resume it"],
  ["L", "make it lie, or honest again"],
  ["s or /", "type an operation: Enter sends it, ↑ ↓ recall, Esc leaves"],
  ["Ctrl-L", "draw the screen anew"],
];

const helpLights = [
  "Each slot is a sequence number: a batch of requests on its way through PBFT (§4.2).",
  `A light a replica, in the order of their ids: ${glyphs.primary} is the primary's, ${glyphs.on} a backup's, ${glyphs.off} none yet.`,
  "prepare and commit k/q: k votes of the q that make a quorum. executed k/n: by k of n.",
  "split!: replicas hold different batches for one number, so the primary lied to them.",
];

/** The help, as much of it as fits. */
export function helpLines({ owned }: DashboardState, rows: number): Line[] {
  const keys = [
    ...helpKeys,
    ["q or Ctrl-C", owned ? "stop the whole cluster; its data is kept" : "leave; the cluster goes on"] as const,
  ];
  const lines: Line[] = [
    ...keys.map(([key, does]): Line => [span(`  ${fit(key, 13)}`, "strong"), span(does)]),
    ...(rows > keys.length + helpLights.length ? [[]] : []),
    ...helpLights.map((text): Line => [span(`  ${text}`, "dim")]),
  ];
  return lines.slice(0, rows);
}

/** How the replica may lie, the chosen one marked. */
export function behaviourLines(state: DashboardState, mode: Extract<Mode, { kind: "behaviours" }>, rows: number): Line[] {
  const choices = [{ name: "honest", summary: "follows the protocol" }, ...state.behaviours];
  const width = Math.max(...choices.map((choice) => choice.name.length));
  const head: Line = [span(`  How does replica ${mode.replica} behave from now on?`, "strong")];
  const room = Math.max(0, rows - 1);
  const first = firstShown(choices.length, room, mode.chosen);
  const list = choices.slice(first, first + room).map(({ name, summary }, index): Line => {
    const chosen = first + index === mode.chosen;
    return [
      span(`${chosen ? glyphs.chosen : " "} `, "strong"),
      span(fit(name, width), chosen ? "chosen" : "plain"),
      span(`  ${summary}`, "dim"),
    ];
  });
  return [head, ...list].slice(0, rows);
}
