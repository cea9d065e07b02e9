import { glyphs } from "../../view/glyphs.js";
import { type Line, span, spread } from "../../view/line.js";
import { trustsLeader } from "../../view/protocol-words.js";
import { fit, printable, wrapped } from "../../view/text.js";
import { type MenuEntry, menuEntries } from "../behaviour-menu.js";
import { firstShown } from "../layout.js";
import type { DashboardState, Mode } from "../state.js";

const INDENT = 2;

/** How the replica may lie, by group, the chosen one marked and explained. */
export function behaviourLines(
  state: DashboardState,
  mode: Extract<Mode, { kind: "behaviours" }>,
  columns: number,
  rows: number,
): Line[] {
  const all = menuEntries(state.behaviours, "");
  const entries = menuEntries(state.behaviours, mode.filter);
  const question: Line = [span(indented(`How does replica ${mode.replica} behave from now on?`), "strong")];
  const place = span(`${mode.chosen + 1} of ${entries.length}`, "dim");
  const found = [span("find: ", "dim"), span(`${printable(mode.filter)}_`, "strong")];
  const head = spread(question, mode.filter === "" ? [place] : found, columns);
  const chosen = entries[mode.chosen];
  if (chosen === undefined)
    return [head, [], [span(indented(`nothing has "${printable(mode.filter)}" in it; Backspace takes a letter back`), "warn")]];
  // As high for one as for another, so that the list stays where it is; on a very small terminal the list goes first.
  const highest = Math.max(...all.map((entry) => explanation(entry, columns, state.cluster.facts.protocol).length));
  const room = Math.max(Math.min(3, rows - 1), rows - 1 - highest);
  const width = Math.max(...all.map(({ name }) => name.length));
  const list = entries.flatMap((entry, index): Line[] => [
    ...(entry.group === entries[index - 1]?.group ? [] : [[span(indented(entry.group), "strong")] as Line]),
    choiceLine(entry, index === mode.chosen, width),
  ]);
  const at = list.findIndex(([mark]) => mark?.text.startsWith(glyphs.chosen));
  const first = firstShown(list.length, room, at);
  const shown = list.slice(first, first + room);
  const fill = Array.from({ length: Math.max(0, room - shown.length) }, (): Line => []);
  return [head, ...shown, ...fill, ...explanation(chosen, columns, state.cluster.facts.protocol)].slice(0, rows);
}

function choiceLine({ name, summary }: MenuEntry, isChosen: boolean, width: number): Line {
  return [
    span(`${isChosen ? glyphs.chosen : " "}   `, "strong"),
    span(fit(name, width), isChosen ? "chosen" : "plain"),
    span(`  ${summary}`, "dim"),
  ];
}

function explanation({ summary, holds, behaviour }: MenuEntry, columns: number, protocol: string): Line[] {
  const word = trustsLeader(protocol) && behaviour !== null ? "breaks" : "must hold";
  return [[], ...paragraph(summary, columns), ...paragraph(`${word}: ${holds}`, columns)];
}

function paragraph(text: string, columns: number): Line[] {
  return wrapped(text, Math.max(1, columns - 2 * INDENT)).map((row): Line => [span(indented(row), "dim")]);
}

function indented(text: string): string {
  return " ".repeat(INDENT) + text;
}
