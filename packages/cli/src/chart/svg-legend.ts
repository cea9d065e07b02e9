import { wrapped } from "../view/text.js";
import { type Chart, isLate, type MarkKind } from "./chart.js";
import type { Layout } from "./svg-layout.js";
import { MARK_NAMES, markSign } from "./svg-marks.js";
import { ALARM, arrowHead, cross, FAINT, INK, tag, textAt, xmlText } from "./svg-parts.js";

const ROW = 22;
const LETTER = 6.3;

/** What the signs mean, of those that the chart has, and the chart's notes. */
export function legendOf(chart: Chart, layout: Layout): { readonly markup: string; readonly height: number } {
  const parts: string[] = [];
  let [x, y] = [16, layout.bottom + 18];
  for (const { sign, text } of itemsOf(chart)) {
    const width = 40 + text.length * LETTER + 14;
    if (x + width > layout.width && x > 16) [x, y] = [16, y + ROW];
    parts.push(tag("g", { transform: `translate(${Math.round(x)} ${y})` }, sign + textAt(40, 4, text, { "font-size": 11.5 })));
    x += width;
  }
  for (const note of chart.notes.flatMap((each) => wrapped(each, Math.floor((layout.width - 32) / LETTER)))) {
    y += ROW - 4;
    parts.push(tag("text", { x: 16, y: y + 4, fill: FAINT, "font-size": 11.5 }, xmlText(note)));
  }
  return { markup: tag("g", { class: "legend" }, parts.join("\n")), height: y + 20 - layout.bottom };
}

interface Item {
  readonly sign: string;
  readonly text: string;
}

function itemsOf({ messages, marks }: Chart): readonly Item[] {
  const [start, end] = [
    { x: 2, y: 0 },
    { x: 30, y: 0 },
  ];
  const arrow = (colour: string, full: boolean, dash: string | null, to = end) =>
    tag("line", {
      x1: start.x,
      y1: 0,
      x2: to.x,
      y2: 0,
      stroke: colour,
      "stroke-width": 1.5,
      "stroke-dasharray": dash,
      class: "line",
    }) + (to === end ? arrowHead(start, to, colour, full) : "");
  const has = (test: (message: Chart["messages"][number]) => boolean) => messages.some(test);
  const items: Item[] = [];
  if (has(({ fate }) => fate === "taken")) items.push({ sign: arrow(INK, true, null), text: "taken" });
  if (has(isLate)) items.push({ sign: tag("g", { opacity: 0.45 }, arrow(INK, false, null)), text: "came late, not needed" });
  if (has((message) => message.fate === "dropped" && !isLate(message)))
    items.push({ sign: arrow(ALARM, false, null) + cross({ x: 18, y: 0 }, 4.5, ALARM), text: "refused" });
  if (has(({ fate }) => fate === "lost"))
    items.push({ sign: arrow(ALARM, false, null, { x: 20, y: 0 }) + cross({ x: 20, y: 0 }, 5, ALARM), text: "lost" });
  if (has(({ fate, arrivedRow }) => fate === "unknown" && arrivedRow === null))
    items.push({ sign: arrow(INK, true, "3 4", { x: 22, y: 0 }) + textAt(25, 4, "?"), text: "not told what became of it" });
  if (has(({ lying }) => lying)) items.push({ sign: arrow(ALARM, true, "7 3"), text: "a lie" });
  const kinds = [...new Set(marks.map(({ kind }) => kind))];
  return [...items, ...kinds.map((kind: MarkKind) => ({ sign: markSign(kind, { x: 22, y: 0 }), text: MARK_NAMES[kind] }))];
}
