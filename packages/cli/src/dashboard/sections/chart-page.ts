import { type Line, span, spread } from "../../view/line.js";
import { clockTime } from "../../view/numbers.js";
import { wrapped } from "../../view/text.js";
import { chartedSlot } from "../chart-view.js";
import type { DashboardState } from "../state.js";

/** The message chart of one slot, as high as it is; its title stands beside when it was drawn. */
export function chartPageLines(state: DashboardState, columns: number): Line[] {
  const seq = chartedSlot(state);
  if (seq === null) return [[span(" no slot was executed yet; submit an operation with: s", "dim")]];
  const { drawn, drawing } = state.chart;
  const isNewest = state.cursor === null;
  const which = isNewest ? "the newest slot" : `slot ${seq}`;
  const when =
    drawing !== null
      ? `${which} is drawn ...`
      : drawn === null
        ? ""
        : `${isNewest ? "the newest" : `slot ${seq}`} at ${clockTime(drawn.atMs)}`;
  const said = span(`${when} `, "dim");
  if (drawn === null) return [spread([span(` slot ${seq}`, "strong")], [said], columns)];
  const { result } = drawn;
  if (result.ok) return [spread(result.lines[0] ?? [], [said], columns), ...result.lines.slice(1)];
  const why = wrapped(result.why, Math.max(1, columns - 2)).map((row): Line => [span(` ${row}`, "warn")]);
  return [spread([span(` slot ${drawn.seq}`, "strong")], [said], columns), [], ...why];
}
