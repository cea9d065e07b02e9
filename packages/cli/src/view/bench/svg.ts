import type { BenchReport } from "../../services/bench/run.js";
import { compact, timeSpan } from "../numbers.js";
import { signedWords } from "./report.js";

const WIDTH = 800;
const HEIGHT = 360;
const MARGIN = { top: 40, right: 20, bottom: 70, left: 70 } as const;
const PLOT = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom } as const;
const TICKS = 4;
const INK = "#1f2933";
const PALE = "#cbd2d9";
const CURVE = "#0b6bcb";
const FAULT = "#b54708";

/** Throughput over time as a picture, with a line where each fault was made. */
export function benchSvg({ clients: { timeline, operationsPerSecond }, faults, cluster, plan }: BenchReport): string {
  const { sliceMs, operationsPerSecond: rates } = timeline;
  const top = Math.max(1, ...rates);
  const lastMs = rates.length * sliceMs;
  const x = (ms: number) => MARGIN.left + (ms / lastMs) * PLOT.width;
  const y = (rate: number) => MARGIN.top + PLOT.height - (rate / top) * PLOT.height;
  // Each slice is a step: what was measured is a count in it, not a point.
  const steps = rates.map(
    (rate, slice) => `L${at(x(slice * sliceMs))} ${at(y(rate))}L${at(x((slice + 1) * sliceMs))} ${at(y(rate))}`,
  );
  const curve = `M${at(x(0))} ${at(y(0))}${steps.join("")}L${at(x(lastMs))} ${at(y(0))}Z`;
  const title = `Throughput of ${cluster.protocol}, n = ${cluster.replicas}${signedWords(cluster)}, ${plan.clients} clients: ${Math.round(operationsPerSecond).toLocaleString("en-US")} operations a second`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
<text x="${MARGIN.left}" y="24" font-size="15" fill="${INK}">${escaped(title)}</text>
${ticks(top, y)}
<path d="${curve}" fill="${CURVE}" fill-opacity="0.15" stroke="${CURVE}" stroke-width="1.5"/>
${times(lastMs, x)}
${faults.map((fault, index) => faultMark(fault, x(fault.atMs), index)).join("\n")}
</svg>
`;
}

function ticks(top: number, y: (rate: number) => number): string {
  return Array.from({ length: TICKS + 1 }, (_, tick) => {
    const rate = (top * tick) / TICKS;
    const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at(y(rate))}" y2="${at(y(rate))}" stroke="${PALE}"/>`;
    return `${line}<text x="${MARGIN.left - 8}" y="${at(y(rate) + 4)}" text-anchor="end" fill="${INK}">${compact(rate)}</text>`;
  }).join("\n");
}

function times(lastMs: number, x: (ms: number) => number): string {
  return Array.from({ length: TICKS + 1 }, (_, tick) => {
    const ms = (lastMs * tick) / TICKS;
    return `<text x="${at(x(ms))}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle" fill="${INK}">${timeSpan(ms)}</text>`;
  }).join("\n");
}

/** Names take turns on two rows, so that two that are near each other can both be read. */
function faultMark({ text, failed }: BenchReport["faults"][number], x: number, index: number): string {
  const bottom = HEIGHT - MARGIN.bottom;
  const anchor = x > WIDTH / 2 ? "end" : "start";
  const words = failed === null ? text : `${text} (not done)`;
  return `<line x1="${at(x)}" x2="${at(x)}" y1="${MARGIN.top}" y2="${bottom}" stroke="${FAULT}" stroke-dasharray="4 3"/><text x="${at(x)}" y="${bottom + 38 + (index % 2) * 16}" text-anchor="${anchor}" fill="${FAULT}">${escaped(words)}</text>`;
}

function at(value: number): string {
  return value.toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
