import { closeSync, mkdirSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type Ring, type RingBounds, ringSegments } from "../ring.js";
import { parsedLine, type SegmentHeader, segmentFile, segmentHeaderSchema } from "./format.js";

/** What one replica's trace may take on the disk, and a segment of it. */
export const TRACE_BOUNDS: RingBounds = { segmentBytesMax: 8 << 20, totalBytesMax: 32 << 20, segmentsMax: 256 };

const HEADER_BYTES_MAX = 1024;

/** Numbers of the segments in a folder, ascending; none when there is no folder. */
export function traceSegments(folder: string): readonly number[] {
  return ringSegments(traceRing(folder));
}

export function traceRing(folder: string): Ring {
  return { folder, ending: "jsonl" };
}

/** What the next process must know of those before it: where to go on, and whether this replica ever lied. */
export function openFolder(folder: string): { readonly next: number; readonly lied: boolean } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const segments = traceSegments(folder);
  return { next: (segments.at(-1) ?? -1) + 1, lied: everLied(folder, segments) };
}

/** The header of the last segment that has one says it for all before it. In a text that an event quotes, quotes are escaped. */
function everLied(folder: string, segments: readonly number[]): boolean {
  for (const segment of segments.toReversed()) {
    const text = readFileSync(join(folder, segmentFile(segment)), "utf8");
    if (/"kind":"behaves",[^{}\n]*"behaviour":"/.test(text)) return true;
    const header = headerIn(text);
    if (header !== null) return header.standing.lied;
  }
  return false;
}

/** The header of a segment without the rest of it; null as below, and when the segment is not there any more. */
export function readHeader(folder: string, segment: number): SegmentHeader | null {
  let file: number;
  try {
    file = openSync(join(folder, segmentFile(segment)), "r");
  } catch {
    return null;
  }
  try {
    const bytes = Buffer.alloc(HEADER_BYTES_MAX);
    return headerIn(bytes.toString("utf8", 0, readSync(file, bytes)));
  } finally {
    closeSync(file);
  }
}

/** The first line of a segment; null when it is none, because its process was killed before it was written. */
export function headerIn(text: string): SegmentHeader | null {
  const end = text.indexOf("\n");
  const header = v.safeParse(segmentHeaderSchema, parsedLine(end < 0 ? text : text.slice(0, end)));
  return header.success ? header.output : null;
}
