import { shorten } from "../view/text.js";
import { type Chart, type ChartMessage, isLate, type Mark } from "./chart.js";
import { headOf, laneParts } from "./svg-frame.js";
import { type Layout, layoutOf } from "./svg-layout.js";
import { legendOf } from "./svg-legend.js";
import { markSign } from "./svg-marks.js";
import {
  ALARM,
  arrowHead,
  before,
  cross,
  INK,
  PAPER,
  PHASE_COLOURS,
  type Point,
  tag,
  textAt,
  title,
  xmlText,
} from "./svg-parts.js";
import { chartSummary, markSentence, messageSentence } from "./words.js";

/**
 * The chart as one SVG picture, time from left to right as in the paper's figures. It refers to nothing outside itself and has no
 * scripts; everything has a title for who points at it. Elements with `data-row` belong to a row, for a page that moves through time.
 */
export function chartSvg(chart: Chart): string {
  const layout = layoutOf(chart);
  const legend = legendOf(chart, layout);
  const labelled = labelledOf(chart);
  const height = layout.bottom + legend.height;
  const inside = [
    title(`${chart.title}: message sequence chart`),
    `<desc>${xmlText(chartSummary(chart))}</desc>`,
    tag("rect", { class: "paper", width: layout.width, height, fill: PAPER }),
    headOf(chart, layout),
    laneParts(chart, layout),
    ...chart.messages.map((message) => messagePart(chart, message, layout, labelled.has(message))),
    ...chart.marks.map((mark) => markPart(chart, mark, layout)),
    legend.markup,
  ];
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    class: "chart",
    role: "img",
    viewBox: `0 0 ${layout.width} ${height}`,
    width: layout.width,
    height,
    "font-family": "Helvetica, Arial, sans-serif",
    "font-size": 13,
  };
  return `${tag("svg", attributes, inside.join("\n"))}\n`;
}

/** Small words that are read over lines. */
const HALO = { "font-size": 11, stroke: PAPER, "stroke-width": 3, "paint-order": "stroke" } as const;

function messagePart(chart: Chart, message: ChartMessage, layout: Layout, labelled: boolean): string {
  const from = { x: layout.x(message.sentRow), y: layout.y(message.from) };
  const to = { x: layout.x(message.arrivedRow ?? message.sentRow + 1), y: layout.y(message.to) };
  const late = isLate(message);
  const bad = message.lying || message.fate === "lost" || (message.fate === "dropped" && !late);
  const colour = bad ? ALARM : PHASE_COLOURS[message.phase];
  const stop = endOf(message, from, to);
  const parts = [
    title(messageSentence(chart, message)),
    line(from, stop, { stroke: colour, "stroke-width": message.lying ? 2.4 : 1.5, "stroke-dasharray": dashes(message) }),
    endSign(message, from, stop, colour),
    ...(labelled ? [message.lying ? lieLabel(message, from, to) : requestLabel(message, from)] : []),
  ];
  return tag(
    "g",
    {
      class: `message ${message.phase} ${message.fate}${late ? " late" : ""}${bad ? " bad" : ""}`,
      "data-row": message.sentRow,
      "data-arrived": message.arrivedRow,
      opacity: late ? 0.45 : null,
    },
    parts.join(""),
  );
}

/** Where the line ends: before the lane, so that its head is seen; on the way when it is lost. */
function endOf({ fate, arrivedRow }: ChartMessage, from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (fate === "lost") return before(from, to, length * 0.35);
  if (fate === "unknown" && arrivedRow === null) return before(from, to, 14);
  return before(from, to, 3);
}

function endSign(message: ChartMessage, from: Point, end: Point, colour: string): string {
  switch (message.fate) {
    case "taken":
      return arrowHead(from, end, colour, true);
    case "dropped":
      return arrowHead(from, end, colour, false) + (isLate(message) ? "" : cross(before(from, end, 12), 4.5, ALARM));
    case "lost":
      return cross(end, 5, ALARM);
    case "unknown":
      return message.arrivedRow === null
        ? textAt(end.x + 2, end.y + 4, "?", { fill: colour, "font-weight": "bold" })
        : arrowHead(from, end, colour, true);
  }
}

function dashes({ fate, arrivedRow, lying }: ChartMessage): string | null {
  if (lying) return "7 3";
  return fate === "unknown" && arrivedRow === null ? "3 4" : null;
}

/** Messages that say in words what they are: the first of a request to leave its client, and the first of each lie. */
function labelledOf({ messages, lanes }: Chart): ReadonlySet<ChartMessage> {
  const said = new Set<string>();
  return new Set(
    messages.filter(({ from, sentRow, phase, detail, lying }) => {
      if (detail === null || !(lying || (phase === "request" && lanes[from]?.role === "client"))) return false;
      const key = `${from} ${sentRow} ${detail}`;
      return !said.has(key) && said.add(key);
    }),
  );
}

function requestLabel({ detail }: ChartMessage, { x, y }: Point): string {
  return textAt(x - 6, y - 10, shorten(detail ?? "", 28), { class: "label", ...HALO });
}

function lieLabel({ detail }: ChartMessage, from: Point, to: Point): string {
  // Beside the line near its end, so that lies to different replicas do not hide each other.
  const x = from.x + (to.x - from.x) * 0.8 + 8;
  const y = from.y + (to.y - from.y) * 0.8;
  return textAt(x, y, detail ?? "", { class: "label alarm", ...HALO, fill: ALARM });
}

function line(from: Point, to: Point, attributes: Readonly<Record<string, string | number | null>>): string {
  return tag("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, ...attributes });
}

function markPart(chart: Chart, mark: Mark, layout: Layout): string {
  const x = layout.x(mark.row);
  const about = { class: `mark ${mark.kind}`, "data-row": mark.row };
  if (mark.lane === null) {
    const attributes = { stroke: INK, "stroke-width": 1, "stroke-dasharray": "1 4", class: "line" };
    const whole = line({ x, y: layout.top - 4 }, { x, y: layout.bottom - 14 }, attributes);
    return tag("g", about, title(mark.text) + whole + markSign(mark.kind, { x, y: layout.top - 6 }));
  }
  const at = { x, y: layout.y(mark.lane) };
  const label = labelOf(mark);
  const text =
    label === null ? "" : textAt(x, at.y - 12, shorten(label, 24), { class: "label", "text-anchor": "middle", ...HALO });
  return tag("g", about, title(markSentence(chart, mark)) + markSign(mark.kind, at) + text);
}

/** Few marks say in words what they are: the others would hide each other. */
function labelOf({ kind, text }: Mark): string | null {
  switch (kind) {
    case "answered":
      return text.replace(/^is answered: /, "");
    case "entered-view":
      return text.replace(/^enters /, "");
    case "crashed":
      return "crashes";
    default:
      return null;
  }
}
