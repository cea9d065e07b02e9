import type { MarkKind } from "./chart.js";
import { ALARM, cross, diamond, FAINT, INK, PAPER, type Point, tag, triangle } from "./svg-parts.js";

/** The sign of a mark on its lane. */
export function markSign(kind: MarkKind, at: Point): string {
  const { x, y } = at;
  switch (kind) {
    case "executed":
      return tag("rect", { x: x - 5, y: y - 5, width: 10, height: 10, fill: INK, class: "ink" });
    case "prepared":
      return tag("circle", { cx: x, cy: y, r: 4.5, fill: PAPER, stroke: INK, "stroke-width": 1.6, class: "hollow" });
    case "answered":
      return tag("circle", { cx: x, cy: y, r: 5.5, fill: INK, class: "ink" });
    case "checkpoint":
      return tag("rect", {
        x: x - 5,
        y: y - 5,
        width: 10,
        height: 10,
        fill: PAPER,
        stroke: INK,
        "stroke-width": 2,
        class: "hollow",
      });
    case "timer":
      return (
        tag("circle", { cx: x, cy: y, r: 7, fill: PAPER, stroke: INK, "stroke-width": 1.5, class: "hollow" }) +
        tag("path", { d: `M${x} ${y - 4}V${y}H${x + 3}`, stroke: INK, "stroke-width": 1.5, fill: "none", class: "line" })
      );
    case "wants-view":
      return tag("g", { class: "hollow" }, diamond(at, 7, PAPER, INK));
    case "entered-view":
      return tag("g", { class: "ink" }, diamond(at, 7, INK, INK));
    case "crashed":
      return cross(at, 7, ALARM);
    case "started":
      return tag("path", {
        d: `M${x - 4} ${y - 6}L${x + 7} ${y}L${x - 4} ${y + 6}Z`,
        fill: PAPER,
        stroke: INK,
        "stroke-width": 1.5,
        class: "hollow",
      });
    case "lies":
    case "evidence":
      return triangle(at, 8, ALARM, ALARM) + exclamation(at, PAPER);
    case "honest":
      return tag("g", { class: "hollow" }, triangle(at, 8, PAPER, INK));
    case "link":
      return tag("path", {
        d: `M${x - 5} ${y + 7}L${x + 1} ${y - 7}M${x} ${y + 7}L${x + 6} ${y - 7}`,
        stroke: ALARM,
        "stroke-width": 2,
        fill: "none",
      });
    case "note":
      return tag("circle", { cx: x, cy: y, r: 4, fill: FAINT });
  }
}

function exclamation({ x, y }: Point, colour: string): string {
  return tag("path", {
    d: `M${x} ${y - 3}V${y + 3}M${x} ${y + 5.2}V${y + 6.4}`,
    stroke: colour,
    "stroke-width": 2,
    fill: "none",
  });
}

/** What each sign is called in a legend. */
export const MARK_NAMES: Readonly<Record<MarkKind, string>> = {
  executed: "executes the batch",
  prepared: "has prepared it",
  answered: "the client has its answer",
  checkpoint: "checkpoint or state",
  timer: "a timer fires",
  "wants-view": "wants another view",
  "entered-view": "enters the view",
  crashed: "crashes",
  started: "starts",
  lies: "lies from here on",
  honest: "is honest again",
  evidence: "holds evidence",
  link: "a link is made faulty",
  note: "other",
};
