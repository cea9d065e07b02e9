import { printable } from "../view/text.js";
import { bandsByRow } from "./bands.js";
import { type Band, type Chart, type ChartMessage, isLate, type Mark } from "./chart.js";
import { isConsequence } from "./text-items.js";
import { fateText, roleOf } from "./words.js";

/** The chart as a `sequenceDiagram` of Mermaid, which GitHub and many editors draw. An arrow a message, in the order of their sending. */
export function chartMermaid(chart: Chart): string {
  const lines = ["sequenceDiagram", `  title ${escaped(chart.title)}`, ...chart.lanes.map((_, lane) => participant(chart, lane))];
  const sent = byRow(chart.messages.map((message) => [message.sentRow, message]));
  const marked = byRow(chart.marks.filter(({ kind }) => kind !== "prepared").map((mark) => [mark.row, mark]));
  let last: Band | null = null;
  for (const [row, band] of bandsByRow(chart).entries()) {
    if (band !== null && band !== last) lines.push(bandNote(chart, band));
    last = band ?? last;
    const marks = marked.get(row) ?? [];
    for (const mark of marks) if (!isConsequence(mark.kind)) lines.push(note(chart, mark));
    for (const message of sent.get(row) ?? []) lines.push(arrow(message));
    for (const mark of marks) if (isConsequence(mark.kind)) lines.push(note(chart, mark));
  }
  return `${lines.join("\n")}\n`;
}

function byRow<T>(items: readonly (readonly [row: number, item: T])[]): ReadonlyMap<number, readonly T[]> {
  const rows = new Map<number, T[]>();
  for (const [row, item] of items) {
    const own = rows.get(row);
    if (own === undefined) rows.set(row, [item]);
    else own.push(item);
  }
  return rows;
}

function participant({ protocol, lanes }: Chart, lane: number): string {
  const about = lanes[lane];
  if (about === undefined) return "";
  const role = roleOf({ protocol }, about);
  return `  participant L${lane} as ${escaped(role === null ? about.name : `${about.name} (${role})`)}`;
}

function bandNote({ lanes }: Chart, { name, seq }: Band): string {
  return `  Note over ${across(lanes.length)}: ${escaped(seq === null ? name : `${name} ${seq}`)}`;
}

function arrow(message: ChartMessage): string {
  const { from, to, label, detail, fate, lying } = message;
  const taken = fate === "taken" || (fate === "unknown" && message.arrivedRow !== null);
  const sign = taken ? "->>" : isLate(message) ? "-->>" : fate === "unknown" ? "-->>" : "-x";
  const words = [
    label,
    ...(detail === null ? [] : [detail]),
    ...(taken ? [] : [`(${fateText(message)})`]),
    ...(lying ? ["a lie"] : []),
  ];
  return `  L${from}${sign}L${to}: ${escaped(words.join(" "))}`;
}

function note({ lanes }: Chart, { lane, text }: Mark): string {
  return `  Note over ${lane === null ? across(lanes.length) : `L${lane}`}: ${escaped(text)}`;
}

function across(lanes: number): string {
  return lanes < 2 ? "L0" : `L0,L${lanes - 1}`;
}

/**
 * Text that Mermaid takes as text: its signs (`;` ends a statement, `#` begins a code, `<` may begin markup) as character codes, and no
 * word `end`, which would close a block.
 */
function escaped(text: string): string {
  return printable(text)
    .replace(/[^\p{L}\p{N} .,()/_'-]/gu, (sign) => [...sign].map((each) => `#${each.codePointAt(0)};`).join(""))
    .replace(/\bend\b/gi, (word) => `#${word.charCodeAt(0)};${word.slice(1)}`);
}
