import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { extname } from "node:path";
import type { Chart } from "../chart/chart.js";
import { chartHtml } from "../chart/html.js";
import { chartJson } from "../chart/json.js";
import { chartMermaid } from "../chart/mermaid.js";
import { chartSvg } from "../chart/svg.js";
import { chartLines } from "../chart/text.js";
import { CliError } from "../errors.js";
import type { Output } from "../output.js";
import { lineText, span } from "../view/line.js";
import { type TraceSource, traceLines } from "./trace.js";

export const CHART_FORMATS = ["text", "svg", "html", "mermaid", "json"] as const;
export type ChartFormat = (typeof CHART_FORMATS)[number];

const ENDINGS: Readonly<Record<string, ChartFormat>> = {
  ".txt": "text",
  ".svg": "svg",
  ".html": "html",
  ".htm": "html",
  ".mmd": "mermaid",
  ".mermaid": "mermaid",
  ".json": "json",
};

/** Columns of a text that no terminal shows. */
const COLUMNS = 100;
/** Lines are handed on in pieces of about this size. */
const PIECE_CHARACTERS = 1 << 16;

/** What is meant: what was named, or what the file's ending says; null when that says nothing. */
export function formatOf(named: string | null, file: string | null): ChartFormat | null {
  if (named !== null) return CHART_FORMATS.find((each) => each === named) ?? null;
  return file === null ? "text" : (ENDINGS[extname(file).toLowerCase()] ?? null);
}

/** Draws a chart into a file, or to stdout with null. @throws CliError when the file can not be written */
export function writeChart(chart: Chart, format: ChartFormat, file: string | null, output: Output): void {
  if (file === null) return toStdout(chart, format, output);
  const text = rendered(chart, format);
  made(file, () => writeFileSync(file, text));
  tell(output, file, format, Buffer.byteLength(text));
}

function toStdout(chart: Chart, format: ChartFormat, output: Output): void {
  if (output.json) return output.object(chart);
  if (format === "text") return output.lines(chartLines(chart, process.stdout.isTTY ? process.stdout.columns : COLUMNS));
  process.stdout.write(rendered(chart, format));
}

function rendered(chart: Chart, format: ChartFormat): string {
  switch (format) {
    case "text":
      return `${chartLines(chart, COLUMNS)
        .map((line) => lineText(line).trimEnd())
        .join("\n")}\n`;
    case "svg":
      return chartSvg(chart);
    case "html":
      return chartHtml(chart);
    case "mermaid":
      return chartMermaid(chart);
    case "json":
      return chartJson(chart);
  }
}

/** Writes a whole trace into a file, or to stdout with null, a piece at a time. @throws CliError when the file can not be written */
export function writeEvents(source: TraceSource, file: string | null, output: Output): void {
  const target = file === null ? null : made(file, () => openSync(file, "w"));
  let [piece, bytes] = ["", 0];
  const hand = () => {
    bytes += Buffer.byteLength(piece);
    if (target === null) process.stdout.write(piece);
    else made(file ?? "", () => writeSync(target, piece));
    piece = "";
  };
  try {
    for (const line of traceLines(source)) {
      piece += `${line}\n`;
      if (piece.length >= PIECE_CHARACTERS) hand();
    }
    hand();
  } finally {
    if (target !== null) closeSync(target);
  }
  if (file !== null) tell(output, file, "events", bytes);
}

function tell(output: Output, file: string, format: ChartFormat | "events", bytes: number): void {
  output.object({ output: file, format, bytes });
  output.lines([[span(`written to ${file}`), span(`  ${format}, ${bytes} bytes`, "dim")]]);
}

function made<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError("not-written", `${file} can not be written: ${why}`);
  }
}
