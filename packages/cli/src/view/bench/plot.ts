import type { DoneFault } from "../../services/bench/deeds.js";
import type { Timeline } from "../../services/bench/measurement.js";
import { type Line, span } from "../line.js";
import { compact, timeSpan } from "../numbers.js";
import { fit, shorten } from "../text.js";

const ROWS = 8;
const AXIS = 7;
/** A column that fills its row touches the one above. */
const EIGHTHS = "▁▂▃▄▅▆▇█";

/** Throughput over time as columns, the faults under the moment at which each was made. */
export function plotLines({ sliceMs, operationsPerSecond }: Timeline, faults: readonly DoneFault[], columns: number): Line[] {
  const width = Math.max(1, Math.min(columns - AXIS - 1, Math.max(operationsPerSecond.length, 30)));
  const values = Array.from({ length: width }, (_, x) => valueAt(operationsPerSecond, x, width));
  const top = Math.max(1, ...values);
  const rows = Array.from({ length: ROWS }, (_, index): Line => {
    const row = ROWS - 1 - index;
    const bars = values.map((value) => block((value / top) * ROWS - row)).join("");
    const label = row === ROWS - 1 ? compact(top) : row === 0 ? "0" : "";
    return [span(`${fit(label, AXIS - 1, "right")} `, "dim"), span(bars.trimEnd(), "good")];
  });
  const lastMs = operationsPerSecond.length * sliceMs;
  const end = timeSpan(lastMs);
  const axis = `${fit("op/s", AXIS - 1, "right")} 0${end.padStart(width - 1)}`;
  const marks = faults.map(({ text, atMs, failed }): Line => {
    const x = Math.min(width - 1, Math.floor((atMs / lastMs) * width));
    const words = `^ ${text} @${timeSpan(atMs)}${failed === null ? "" : " (not done)"}`;
    const room = columns - AXIS;
    const indent = Math.min(x, Math.max(0, room - words.length));
    return [span(" ".repeat(AXIS + indent)), span(shorten(words, room - indent), "warn")];
  });
  return [...rows, [span(axis, "dim")], ...marks];
}

/** Slices are stretched over the columns: a column shows the slice that its middle is in. */
function valueAt(values: readonly number[], x: number, width: number): number {
  return values[Math.min(values.length - 1, Math.floor(((x + 0.5) / width) * values.length))] ?? 0;
}

function block(filled: number): string {
  if (filled <= 0) return " ";
  return EIGHTHS[Math.min(EIGHTHS.length, Math.ceil(filled * EIGHTHS.length)) - 1] ?? " ";
}
