import { printable, shorten } from "../view/text.js";
import type { Phase } from "./chart.js";

/** Colours that stay apart on paper and for the colour-blind; no meaning rests on them alone. */
export const PHASE_COLOURS: Readonly<Record<Phase, string>> = {
  request: "#5a6b7b",
  "pre-prepare": "#0062a3",
  prepare: "#007a5a",
  commit: "#a65a00",
  reply: "#6b4a9e",
  accept: "#0062a3",
  accepted: "#007a5a",
  chosen: "#a65a00",
  "view-change": "#a3306f",
  "new-view": "#0062a3",
  candidate: "#a3306f",
  promise: "#007a5a",
};

export const INK = "#1c2530";
export const FAINT = "#66717d";
export const PAPER = "#ffffff";
/** Lies, losses and crashes. */
export const ALARM = "#c2131b";

type Attributes = Readonly<Record<string, string | number | null>>;

/** Text as XML shows it: nothing in it is markup, and control characters, which XML does not have, are written out. */
export function xmlText(text: string): string {
  return printable(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** An element; attributes that are null are left out. `inside` is markup. */
export function tag(name: string, attributes: Attributes, inside = ""): string {
  const list = Object.entries(attributes)
    .flatMap(([key, value]) => (value === null ? [] : ` ${key}="${typeof value === "number" ? round(value) : xmlText(value)}"`))
    .join("");
  return inside === "" ? `<${name}${list}/>` : `<${name}${list}>${inside}</${name}>`;
}

export function title(text: string): string {
  return `<title>${xmlText(text)}</title>`;
}

export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return tag("text", { x, y, fill: INK, ...attributes }, xmlText(shorten(text, 60)));
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point `distance` before `to` on the way from `from`. */
export function before(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const share = distance / length;
  return { x: to.x - (to.x - from.x) * share, y: to.y - (to.y - from.y) * share };
}

/** The head of an arrow with its tip at `to`: full, or open for what has no effect. */
export function arrowHead(from: Point, to: Point, colour: string, full: boolean): string {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const wing = (turn: number) => {
    const x = to.x - 9 * Math.cos(angle + turn);
    const y = to.y - 9 * Math.sin(angle + turn);
    return `${round(x)},${round(y)}`;
  };
  const points = `${wing(0.38)} ${round(to.x)},${round(to.y)} ${wing(-0.38)}`;
  return full
    ? tag("polygon", { points, fill: colour, class: "head" })
    : tag("polyline", { points, fill: "none", stroke: colour, "stroke-width": 1.4 });
}

export function cross({ x, y }: Point, size: number, colour: string): string {
  const d = `M${round(x - size)} ${round(y - size)}L${round(x + size)} ${round(y + size)}M${round(x - size)} ${round(y + size)}L${round(x + size)} ${round(y - size)}`;
  return tag("path", { d, stroke: colour, "stroke-width": 2.4, "stroke-linecap": "round", fill: "none" });
}

export function diamond({ x, y }: Point, size: number, fill: string, stroke: string): string {
  const points = [
    [x, y - size],
    [x + size, y],
    [x, y + size],
    [x - size, y],
  ];
  return tag("polygon", { points: points.map((each) => each.map(round).join(",")).join(" "), fill, stroke, "stroke-width": 1.5 });
}

export function triangle({ x, y }: Point, size: number, fill: string, stroke: string): string {
  const points = `${round(x)},${round(y - size)} ${round(x + size)},${round(y + size)} ${round(x - size)},${round(y + size)}`;
  return tag("polygon", { points, fill, stroke, "stroke-width": 1.5 });
}
