import { wordsOf } from "../view/protocol-words.js";
import { shorten } from "../view/text.js";
import type { Band, Chart, Phase } from "./chart.js";
import { lifeOf } from "./life.js";
import type { Layout } from "./svg-layout.js";
import { ALARM, FAINT, INK, PHASE_COLOURS, tag, textAt, title } from "./svg-parts.js";
import { laneSentence } from "./words.js";

/** About so wide is a letter of a phase's name. */
const LETTER = 7.8;

/** The title, the phases with their names, and of several slots which is which. */
export function headOf(chart: Chart, layout: Layout): string {
  const slots = slotSpans(chart.bands);
  const several = new Set(slots.map(({ seq }) => seq)).size > 1;
  const parts = [
    textAt(16, 30, chart.title, { class: "title", "font-size": 18, "font-weight": "bold" }),
    ...chart.bands.map((band, index) => bandPart(band, index, layout)),
    ...(several ? slots.map(({ seq, from, to }) => slotPart(`${seq}`, from, to, layout)) : []),
  ];
  return tag("g", { class: "bands" }, parts.join("\n"));
}

function bandPart(band: Band, index: number, layout: Layout): string {
  const x = layout.x(band.from) - layout.column / 2;
  const width = layout.column * (band.to - band.from + 1);
  const colour = PHASE_COLOURS[band.phase];
  const name = fitting(band, width);
  return tag(
    "g",
    { class: `band ${band.phase}` },
    [
      title(band.seq === null ? band.name : `${band.name}, ${band.seq}`),
      tag("rect", {
        x,
        y: layout.top - 8,
        width,
        height: layout.bottom - layout.top - 8,
        fill: colour,
        opacity: index % 2 === 0 ? 0.08 : 0.04,
      }),
      tag("line", {
        x1: x,
        x2: x,
        y1: layout.top - 8,
        y2: layout.bottom - 16,
        stroke: FAINT,
        "stroke-width": 0.8,
        "stroke-dasharray": "2 4",
      }),
      ...(name === null
        ? []
        : [textAt(x + width / 2, layout.top - 16, name, { "text-anchor": "middle", fill: colour, "font-weight": "bold" })]),
    ].join(""),
  );
}

const SHORT: Partial<Readonly<Record<Phase, string>>> = {
  "pre-prepare": "pre-p.",
  prepare: "prep.",
  request: "req.",
  "view-change": "v.-ch.",
};

function fitting({ name, phase }: Band, width: number): string | null {
  const all = [name, SHORT[phase] ?? name];
  const letters = Math.floor(width / LETTER - 0.5);
  return all.find((each) => each.length <= letters) ?? (letters < 5 ? null : shorten(name, letters));
}

interface SlotSpan {
  readonly seq: number;
  readonly from: number;
  readonly to: number;
}

/** Bands next to each other of one slot. */
function slotSpans(bands: readonly Band[]): readonly SlotSpan[] {
  const spans: SlotSpan[] = [];
  for (const { seq, from, to } of bands) {
    const last = spans.at(-1);
    if (seq === null) continue;
    if (last?.seq === seq && last.to === from - 1) spans[spans.length - 1] = { ...last, to };
    else spans.push({ seq, from, to });
  }
  return spans;
}

function slotPart(text: string, from: number, to: number, layout: Layout): string {
  const x1 = layout.x(from) - layout.column / 2 + 2;
  const x2 = layout.x(to) + layout.column / 2 - 2;
  const y = layout.top - 34;
  const bracket = tag("path", { d: `M${x1} ${y + 5}V${y}H${x2}V${y + 5}`, stroke: INK, fill: "none", class: "line" });
  if ((text.length + 0.5) * LETTER > x2 - x1) return bracket;
  return bracket + textAt((x1 + x2) / 2, y - 5, text, { "text-anchor": "middle", "font-weight": "bold" });
}

/** A line for each process, dotted while it is down, with its name and what it is. */
export function laneParts(chart: Chart, layout: Layout): string {
  const end = layout.x(chart.rows.length) - layout.column / 2 + 12;
  const parts = chart.lanes.map((lane, index) => {
    const y = layout.y(index);
    const lies = lane.behaviour !== null;
    const colour = lies ? ALARM : INK;
    const under = [
      ...(lane.primary ? [wordsOf(chart.protocol).primary] : []),
      ...(lane.behaviour === null ? [] : [`lies: ${lane.behaviour}`]),
    ];
    const labels = under.map((text, at) => small(layout.left - 18, y + 14 + 13 * at, shorten(text, 22), lies));
    const weight = lane.primary ? "bold" : null;
    const name = textAt(layout.left - 18, y + (under.length === 0 ? 5 : -1), lane.name, {
      "text-anchor": "end",
      "font-weight": weight,
      fill: colour,
      class: lies ? "alarm" : null,
    });
    const line = lifeOf(chart, lane).map(({ from, to, up }) =>
      tag("line", {
        class: lies ? "lane bad" : "lane",
        x1: from === 0 ? layout.left - 10 : layout.x(from),
        x2: to === chart.rows.length ? end : layout.x(to),
        y1: y,
        y2: y,
        stroke: lies ? ALARM : INK,
        "stroke-width": up ? 1.3 : 1,
        "stroke-dasharray": up ? null : "1 5",
      }),
    );
    return tag("g", {}, title(laneSentence(chart, lane)) + name + labels.join("") + line.join(""));
  });
  return tag("g", { class: "lanes" }, parts.join("\n"));
}

function small(x: number, y: number, text: string, lies: boolean): string {
  return textAt(x, y, text, {
    "text-anchor": "end",
    "font-size": 11,
    fill: lies ? ALARM : FAINT,
    class: lies ? "alarm" : "faint",
  });
}
