import { closeSync, openSync, readSync } from "node:fs";
import type { TraceEvent, WorldHappening } from "@bft/core";
import * as v from "valibot";
import { eventOf } from "./event-shape.js";
import { parsedLine, TRACE_VERSION } from "./format.js";

/** First line of a file with one merged trace, of a live cluster or a simulated one (docs/trace-format.md). */
const headerSchema = v.object({
  version: v.literal(TRACE_VERSION),
  merged: v.literal(true),
  protocol: v.string(),
  replicas: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1000)),
  faults: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1000)),
});
export type MergedHeader = Omit<v.InferOutput<typeof headerSchema>, "version" | "merged">;

const PIECE_BYTES = 1 << 20;
/** No event is as long as this by far. */
const LINE_BYTES_MAX = 16 << 20;

const WORLD: { readonly [K in WorldHappening["kind"]]: readonly string[] } = {
  fault: ["what"],
  healed: [],
  delivered: ["id", "from", "to", "message"],
  lost: ["id", "from", "to", "message", "because"],
};

export function mergedHeaderLine({ protocol, replicas, faults }: MergedHeader): string {
  return JSON.stringify({ version: TRACE_VERSION, merged: true, protocol, replicas, faults });
}

/** A merged trace in a file, which anybody may have written. Its events are in the order of its lines. */
export interface MergedTrace {
  readonly header: MergedHeader;
  /** Ends at a line that is no event, and tells `onDamage` which. May be called again. */
  events(onDamage: (what: string) => void): Generator<TraceEvent>;
}

/** @returns why the file is none, as one clause */
export function readMerged(path: string): MergedTrace | { readonly problem: string } {
  try {
    const first = linesOf(path).next();
    const header = v.safeParse(headerSchema, first.done === true ? undefined : parsedLine(first.value));
    if (!header.success) return { problem: `its first line is not the header of a trace of version ${TRACE_VERSION}` };
    return { header: header.output, events: (onDamage) => eventsOf(path, onDamage) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function* eventsOf(path: string, onDamage: (what: string) => void): Generator<TraceEvent> {
  let number = 0;
  for (const line of linesOf(path)) {
    number += 1;
    if (number === 1 || line === "") continue;
    const event = anyEventOf(parsedLine(line));
    if (event === null) return onDamage(`line ${number} is no event`);
    yield event;
  }
}

function anyEventOf(value: unknown): TraceEvent | null {
  if (typeof value !== "object" || value === null) return null;
  const { at, kind, replica, client } = value as Readonly<Record<string, unknown>>;
  if (typeof replica === "number") return eventOf(value, { replica });
  if (typeof client === "number") return eventOf(value, { client });
  const fields = WORLD[kind as WorldHappening["kind"]] as readonly string[] | undefined;
  if (fields === undefined || !Number.isFinite(at)) return null;
  const isWhole = fields.every((field) => typeof (value as Readonly<Record<string, unknown>>)[field] === "string");
  return isWhole ? (value as TraceEvent) : null;
}

/** Lines of a file, a piece of it at a time; what is longer than any event ends them. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const count = readSync(file, piece);
      const lines = (rest + decoder.decode(piece.subarray(0, count), { stream: count > 0 })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
      if (count === 0 || rest.length > LINE_BYTES_MAX) break;
    }
    if (rest !== "") yield rest;
  } finally {
    closeSync(file);
  }
}
