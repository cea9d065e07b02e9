import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { eventOf } from "./event-shape.js";
import { parsedLine, segmentFile } from "./format.js";
import { headerIn } from "./segments.js";

/**
 * Which part of a trace is wanted: whatever may tell of a sequence number, of how a view came about, or its end. Traces are long and
 * are read while people wait, so it is what stands near to where it is spoken of, and what says how the replica stood then.
 */
export type TraceWindow =
  | { readonly kind: "all" }
  /** `ahead`: so many sequence numbers before it is executed one may have been spoken of. */
  | { readonly kind: "seq"; readonly seq: number; readonly ahead: number }
  | { readonly kind: "view"; readonly view: number }
  /** The last so many bytes, about. */
  | { readonly kind: "end"; readonly bytes: number };

export const WHOLE_TRACE: TraceWindow = { kind: "all" };

/** So much is read before the first word on what is wanted, and after the last: requests come before, and the last replies after. */
const AROUND = 256 << 10;
/** So much is read from the first word on a view on. */
const VIEW_CHARACTERS = 1 << 20;

/** What says how a replica stands, wherever in a trace it is. Quotes in what an event quotes are escaped. */
const STANDING =
  /"kind":"(?:started|crashed|disk-lost|behaves|broke|view-change-started|view-entered|abstaining|votes-again|state-installed|link-fault)"/g;

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

/** The lines of a segment, without its header, that a window needs; of what lies before them, those that say how the replica stood. */
export function linesIn(window: TraceWindow, text: string): readonly string[] {
  const [from, to] = rangeIn(window, text);
  const start = from <= 0 ? 0 : text.indexOf("\n", from) + 1;
  const end = to >= text.length ? text.length : text.indexOf("\n", to) + 1 || text.length;
  // The last part is empty, or a line that a killed process did not finish.
  const lines = text.slice(start, end).split("\n").slice(0, -1);
  return start === 0 ? lines.slice(1) : [...standingLines(text, start), ...lines];
}

function rangeIn(window: TraceWindow, text: string): readonly [number, number] {
  switch (window.kind) {
    case "all":
      return [0, text.length];
    case "end":
      return [text.length - window.bytes, text.length];
    case "seq": {
      const names = [`"seq":${window.seq},`, `"seq":${window.seq}}`];
      const found = names.flatMap((name) => [text.indexOf(name), text.lastIndexOf(name)]).filter((at) => at >= 0);
      // It may begin in the next segment.
      if (found.length === 0) return [text.length - AROUND, text.length];
      return [Math.min(...found) - AROUND, Math.max(...found) + AROUND];
    }
    case "view": {
      const names = [`"view":${window.view},`, `"newView":${window.view},`];
      const found = names.map((name) => text.indexOf(name)).filter((at) => at >= 0);
      if (found.length === 0) return [text.length - AROUND, text.length];
      return [Math.min(...found) - AROUND, Math.min(...found) + VIEW_CHARACTERS];
    }
  }
}

/** Lines before `end` that say how the replica stood. */
function standingLines(text: string, end: number): readonly string[] {
  return [...text.slice(0, end).matchAll(STANDING)].map(({ index }) => {
    return text.slice(text.lastIndexOf("\n", index) + 1, text.indexOf("\n", index));
  });
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
