import { glyphs, sparks } from "../../view/glyphs.js";
import { type Line, type Span, span, type Tone } from "../../view/line.js";
import { fit, wrapped } from "../../view/text.js";

/** How wide what stands before a field is. */
export const LABEL = 14;

/** A bar of `width` columns, `done` of `of` of it done. What is not done is never empty, and never full what is not finished. */
export function bar(done: number, of: number, width: number, tone: Tone = "good"): Line {
  if (width <= 0) return [];
  const share = of <= 0 ? 0 : Math.max(0, Math.min(1, done / of));
  const exact = Math.round(share * width);
  const filled = share >= 1 ? width : share > 0 ? Math.max(1, Math.min(width - 1, exact)) : 0;
  return [span(glyphs.done.repeat(filled), tone), span(glyphs.rule.repeat(width - filled), "dim")];
}

/** One light a replica, in order of id: who is among `ids`. */
export function lights(ids: readonly number[], replicas: number, primary: number | null, tone: Tone): Line {
  const row = Array.from({ length: replicas }, (_, id) =>
    !ids.includes(id) ? glyphs.off : id === primary ? glyphs.primary : glyphs.on,
  );
  return [span(row.join(""), tone)];
}

/** `width` columns, the last value at the right end; a dot where there is no value, or a 0. */
export function sparkline(values: readonly (number | null)[], width: number, tone: Tone): Line {
  const shown = values.slice(-width);
  const highest = Math.max(0, ...shown.map((value) => value ?? 0));
  const spans: Span[] = [span(glyphs.off.repeat(Math.max(0, width - shown.length)), "dim")];
  for (const value of shown) {
    if (value === null || value <= 0 || highest <= 0) spans.push(span(glyphs.off, "dim"));
    else spans.push(span(sparks[Math.min(sparks.length - 1, Math.floor((value / highest) * sparks.length))] ?? "", tone));
  }
  return joined(spans);
}

/** Neighbours of one tone become one span. */
export function joined(spans: readonly Span[]): Line {
  const line: Span[] = [];
  for (const part of spans) {
    const last = line.at(-1);
    if (part.text === "") continue;
    if (last?.tone === part.tone) line[line.length - 1] = span(last.text + part.text, part.tone);
    else line.push(part);
  }
  return line;
}

/** A label and what it says, in as many rows as that takes. */
export function field(label: string, text: string, columns: number, tone: Tone = "plain"): Line[] {
  const rows = wrapped(text, Math.max(1, columns - LABEL - 1));
  return rows.map((row, index) => fieldLine(index === 0 ? label : "", [span(row, tone)]));
}

/** A label and what it says, in one row. */
export function fieldLine(label: string, said: Line): Line {
  return [span(fit(` ${label}`, LABEL), "dim"), ...said];
}
