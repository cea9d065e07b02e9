import { cut, shorten, widthOf } from "./text.js";

/** What a piece of text is, not which colour it gets: `paint.ts` decides that. */
export type Tone =
  | "plain"
  | "dim"
  | "strong"
  | "good"
  | "warn"
  | "bad"
  | "primary"
  | "lying"
  | "chosen"
  | "goodBar"
  | "warnBar"
  | "badBar";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen. */
export type Line = readonly Span[];

export function span(text: string, tone: Tone = "plain"): Span {
  return { text, tone };
}

export function lineText(line: Line): string {
  return line.map((part) => part.text).join("");
}

export function lineWidth(line: Line): number {
  return line.reduce((width, part) => width + widthOf(part.text), 0);
}

/** The line shortened to at most `columns` columns, an ellipsis where something is missing. */
export function fitLine(line: Line, columns: number): Line {
  if (lineWidth(line) <= columns) return line;
  const kept: Span[] = [];
  let left = columns;
  for (const [index, part] of line.entries()) {
    const width = widthOf(part.text);
    const isLast = index === line.length - 1;
    if (width < left || (width === left && isLast)) {
      kept.push(part);
      left -= width;
      continue;
    }
    const text = width > left ? shorten(part.text, left) : `${cut(part.text, left - 1)}…`;
    if (text !== "") kept.push({ ...part, text });
    break;
  }
  return kept;
}

/** `left` and `right` at the two ends of a row of `columns`; `right` goes first when there is too little room. */
export function spread(left: Line, right: Line, columns: number): Line {
  const gap = columns - lineWidth(left) - lineWidth(right);
  if (gap < 2) return fitLine(left, columns);
  return [...left, span(" ".repeat(gap)), ...right];
}
