import * as v from "valibot";
import type { Standing } from "./standing.js";

/** The files of a trace and of a client history (docs/trace-format.md): JSON lines, a header first. */
export const TRACE_VERSION = 2;

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const common = { version: v.literal(TRACE_VERSION), clusterId: v.string(), boot: v.nullable(v.string()) };

/** First line of each segment of a replica's trace. */
export const segmentHeaderSchema = v.object({
  ...common,
  replica: natural,
  /** Counts from 0 for as long as the cluster exists: when the first one there is has another number, older ones were deleted. */
  segment: natural,
  /** True when a new process began it, false when the one before was full. */
  begins: v.boolean(),
  /** False when its process was told to trace nothing but its starts and lies. */
  traced: v.boolean(),
  standing: v.object({
    view: natural,
    lastExecuted: natural,
    lowWaterMark: natural,
    abstaining: v.boolean(),
    lied: v.boolean(),
  }),
});
export type SegmentHeader = v.InferOutput<typeof segmentHeaderSchema> & { readonly standing: Standing };

/** In a client's history, the first line of each process that had its identity. */
export const historyHeaderSchema = v.object({ ...common, client: natural });
export type HistoryHeader = v.InferOutput<typeof historyHeaderSchema>;

/** A line that is no event: how often a replica dropped messages since its process began, by reason. */
export const droppedSchema = v.object({ dropped: v.record(v.string(), natural) });

/** A line that is no event: the client writes no more from then on, though it may go on. */
export const endedSchema = v.object({ ended: v.number() });

export function historyFile(client: number): string {
  return `client-${client}.jsonl`;
}

export function segmentFile(segment: number): string {
  return `${String(segment).padStart(6, "0")}.jsonl`;
}

/** A line as JSON, undefined when it is not. */
export function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
