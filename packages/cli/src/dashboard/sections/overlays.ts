import { glyphs } from "../../view/glyphs.js";
import { type Line, span } from "../../view/line.js";
import { fit, wrapped } from "../../view/text.js";
import { firstShown } from "../layout.js";
import type { DashboardState, Mode } from "../state.js";

const INDENT = 2;

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
  `One light a replica, in the order of their ids: ${glyphs.primary} for the primary, ${glyphs.on} for a backup, ${glyphs.off} for none yet.`,
  "prepare and commit k/q: k votes of the q that make a quorum. executed k/n: by k of n.",
  "split!: replicas hold different batches for one number, so the primary lied to them.",
];

/** The help, as much of it as fits. */
export function helpLines({ owned }: DashboardState, columns: number, rows: number): Line[] {
  const keys = [
    ...helpKeys,
    ["q or Ctrl-C", owned ? "stop the whole cluster; its data is kept" : "leave; the cluster goes on"] as const,
  ];
  const lines: Line[] = [
    ...keys.map(([key, does]): Line => [span(indented(fit(key, 13)), "strong"), span(does)]),
    ...(rows > 2 * keys.length ? [[]] : []),
    ...helpLights.flatMap((text) => paragraph(text, columns)),
  ];
  return lines.slice(0, rows);
}

/** How the replica may lie, the chosen one marked and explained. */
export function behaviourLines(
  state: DashboardState,
  mode: Extract<Mode, { kind: "behaviours" }>,
  columns: number,
  rows: number,
): Line[] {
  const choices = [{ name: "honest", summary: "follows the protocol", holds: "everything" }, ...state.behaviours];
  const chosen = choices[mode.chosen];
  const explained =
    chosen === undefined ? [] : [[], ...paragraph(chosen.summary, columns), ...paragraph(`must hold: ${chosen.holds}`, columns)];
  const head: Line = [span(indented(`How does replica ${mode.replica} behave from now on?`), "strong")];
  // On a very small terminal the list goes before what explains it.
  const room = Math.max(Math.min(choices.length, rows - 1, 3), rows - 1 - explained.length);
  const width = Math.max(...choices.map((choice) => choice.name.length));
  const first = firstShown(choices.length, room, mode.chosen);
  const list = choices.slice(first, first + room).map(({ name, summary }, index): Line => {
    const isChosen = first + index === mode.chosen;
    return [
      span(`${isChosen ? glyphs.chosen : " "} `, "strong"),
      span(fit(name, width), isChosen ? "chosen" : "plain"),
      span(`  ${summary}`, "dim"),
    ];
  });
  return [head, ...list, ...explained].slice(0, rows);
}

function paragraph(text: string, columns: number): Line[] {
  return wrapped(text, Math.max(1, columns - 2 * INDENT)).map((row): Line => [span(indented(row), "dim")]);
}

function indented(text: string): string {
  return " ".repeat(INDENT) + text;
}
