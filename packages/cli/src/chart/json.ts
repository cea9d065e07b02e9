import type { Chart } from "./chart.js";

/** The chart for other programs, on one line (docs/charts.md). */
export function chartJson(chart: Chart): string {
  return `${JSON.stringify(chart)}\n`;
}
