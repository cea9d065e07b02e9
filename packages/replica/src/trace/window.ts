import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { eventOf } from "./event-shape.js";
import { parsedLine, segmentFile } from "./format.js";
import { headerIn } from "./segments.js";

/** Which part of a trace is wanted: whatever may tell of these sequence numbers, of that view, or its end. */
export type TraceWindow =
  | { readonly kind: "all" }
  /** `ahead`: so many sequence numbers before it is executed one may have been spoken of. */
  | { readonly kind: "seq"; readonly seq: number; readonly ahead: number }
  | { readonly kind: "view"; readonly view: number }
  /** Whole segments from the end on, until they have so many bytes. */
  | { readonly kind: "end"; readonly bytes: number };

export const WHOLE_TRACE: TraceWindow = { kind: "all" };

/** A header and the first event behind it. */
const BEGINNING_BYTES = 4096;

/** Those of a folder's segments that a window needs, without gaps, so that what lies between is read too. Reads their beginnings only. */
export function segmentsIn(window: TraceWindow, folder: string, segments: readonly number[]): readonly number[] {
  switch (window.kind) {
    case "all":
      return segments;
    case "end":
      return theEnd(folder, segments, window.bytes);
    case "seq": {
      const { seq, ahead } = window;
      return between(folder, segments, (first, after) => first.lastExecuted <= seq && after.lastExecuted + ahead >= seq);
    }
    case "view":
      return between(folder, segments, (first, after) => first.view <= window.view && after.view >= window.view, 1);
  }
}

function theEnd(folder: string, segments: readonly number[], bytes: number): readonly number[] {
  let total = 0;
  const kept: number[] = [];
  for (const segment of segments.toReversed()) {
    if (total >= bytes) break;
    total += statSync(join(folder, segmentFile(segment)), { throwIfNoEntry: false })?.size ?? 0;
    kept.unshift(segment);
  }
  return kept;
}

/** Where a replica stood. */
interface Place {
  readonly view: number;
  readonly lastExecuted: number;
}

const ANYWHERE_LATER: Place = { view: Number.POSITIVE_INFINITY, lastExecuted: Number.POSITIVE_INFINITY };

/**
 * `isIn` is told where the replica stood at a segment's beginning and at the next one's.
 * `before`: so many segments before the first are added, since a replica wants a view before it is in it.
 */
function between(
  folder: string,
  segments: readonly number[],
  isIn: (first: Place, after: Place) => boolean,
  before = 0,
): readonly number[] {
  const places = segments.map((segment) => placeAt(folder, segment));
  const found = segments.flatMap((_, index) => {
    const first = places[index] ?? null;
    const after = index + 1 < segments.length ? (places[index + 1] ?? ANYWHERE_LATER) : ANYWHERE_LATER;
    return first === null || isIn(first, after) ? [index] : [];
  });
  const [from, to] = [found[0], found.at(-1)];
  return from === undefined || to === undefined ? [] : segments.slice(Math.max(0, from - before), to + 1);
}

/** What a segment's header says, or where a process began it, its start; null when neither can be read. */
function placeAt(folder: string, segment: number): Place | null {
  const text = beginningOf(join(folder, segmentFile(segment)));
  const header = headerIn(text);
  if (header === null || !header.begins) return header?.standing ?? null;
  for (const line of text.split("\n").slice(1)) {
    const event = eventOf(parsedLine(line), { replica: header.replica });
    if (event?.kind === "started") return event;
  }
  return null;
}

function beginningOf(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const bytes = Buffer.alloc(BEGINNING_BYTES);
    return bytes.toString("utf8", 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
