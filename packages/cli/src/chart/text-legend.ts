import { glyphs } from "../view/glyphs.js";
import { type Line, lineWidth, type Span, span, type Tone } from "../view/line.js";
import { type Chart, isLate, type MarkKind } from "./chart.js";

/** The signs of a chart in a terminal, a column each; those that are no ASCII stand in view/glyphs.ts too. */
export const signs = {
  lane: "│",
  downLane: " ",
  line: "─",
  crossing: "┼",
  sender: glyphs.on,
  right: "▶",
  left: "◀",
  lateRight: "▷",
  lateLeft: "◁",
  refused: glyphs.convicted,
  lost: "×",
  untold: "?",
} as const;

export const markSigns: Readonly<Record<MarkKind, string>> = {
  executed: "■",
  prepared: glyphs.off,
  answered: "■",
  checkpoint: "□",
  timer: "!",
  "wants-view": "◇",
  "entered-view": glyphs.primary,
  crashed: glyphs.convicted,
  started: glyphs.chosen,
  lies: glyphs.lying,
  honest: "△",
  evidence: glyphs.lying,
  link: "/",
  note: "*",
};

/** What the signs mean, of those that the chart has, in as many lines as it takes. */
export function legendLines(chart: Chart, columns: number): Line[] {
  const { messages, lanes } = chart;
  const items: (readonly [string, string, Tone])[] = [
    [signs.right, "taken", "plain"],
    ...(messages.some(isLate) ? [[signs.lateRight, "came late, not needed", "plain"] as const] : []),
    ...(messages.some((each) => each.fate === "dropped" && !isLate(each)) ? [[signs.refused, "refused", "bad"] as const] : []),
    ...(messages.some(({ fate }) => fate === "lost") ? [[signs.lost, "lost", "bad"] as const] : []),
    ...(messages.some(({ fate, arrivedRow }) => fate === "unknown" && arrivedRow === null)
      ? [[signs.untold, "not told what became of it", "plain"] as const]
      : []),
    ...(messages.some(({ lying }) => lying) || lanes.some(({ behaviour }) => behaviour !== null)
      ? [[glyphs.lying, "lies", "lying"] as const]
      : []),
  ];
  const lines: Span[][] = [[]];
  for (const [sign, text, tone] of items) {
    const item = [span(sign, tone), span(` ${text}   `, "dim")];
    const last = lines.at(-1) ?? [];
    if (lineWidth(last) + lineWidth(item) > columns) lines.push(item);
    else last.push(...item);
  }
  return lines;
}
