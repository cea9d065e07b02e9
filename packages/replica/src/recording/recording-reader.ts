import { readFileSync, statSync } from "node:fs";
import { ringFile, ringSegments } from "../ring.js";
import { BaseReader, type RecordedBase } from "./base.js";
import { decodeInput, ITEM, itemAt, type RecordedInput, type RecordedMessage } from "./format.js";
import { type RecordingHeader, readHeader } from "./header.js";
import { RECORDING_BOUNDS } from "./recording-writer.js";

/** A segment is a part of all that a replica may keep. */
const SEGMENT_BYTES_MAX = RECORDING_BOUNDS.totalBytesMax;

/** Whose recording it must be. */
export interface RecordingOf {
  readonly folder: string;
  readonly clusterId: string;
  readonly replica: number;
}

/** What a recording holds, in order. */
export type RecordingPart =
  /** A process begins. Without a base its inputs can not be done again, because of `missing`. */
  | {
      readonly kind: "life";
      readonly life: number;
      readonly header: RecordingHeader;
      readonly base: RecordedBase;
      readonly missing: null;
    }
  | {
      readonly kind: "life";
      readonly life: number;
      readonly header: RecordingHeader;
      readonly base: null;
      readonly missing: "deleted" | "too-large" | "damaged";
    }
  /** `number` counts from 1 in each life. */
  | { readonly kind: "input"; readonly life: number; readonly number: number; readonly recorded: RecordedInput }
  /** The recording of this life does not go on here, or its end was not written whole. */
  | { readonly kind: "torn"; readonly life: number; readonly segment: number; readonly bytes: number }
  /** Not even its beginning: whose it is and what comes before it is not known. */
  | { readonly kind: "unreadable"; readonly segment: number };

/** Reads a recording, a segment at a time. What is damaged ends its life, never the reading. */
export function* readRecording({ folder, clusterId, replica }: RecordingOf): Generator<RecordingPart> {
  const ring = { folder, ending: "rec" };
  let life: number | null = null;
  /** Inputs of the life that were read; null when what follows does not go on from there. */
  let inputs: number | null = null;
  for (const segment of ringSegments(ring)) {
    const bytes = readIfThere(ringFile(ring, segment));
    // What was just deleted, or just begun, holds nothing.
    if (bytes === null || bytes.length === 0) continue;
    const first = itemAt(bytes, 0);
    const header = first?.kind === ITEM.header ? readHeader(first.body) : null;
    if (first === null || header === null) {
      yield { kind: "unreadable", segment };
      continue;
    }
    if (header.clusterId !== clusterId || header.replica !== replica) continue;
    let at = first.next;
    if (header.life !== life) {
      life = header.life;
      const begun = beginLife(header, bytes, at);
      at = begun.at;
      inputs = header.inputsBefore;
      yield begun.part;
    }
    // After a segment that ends too early the next one does not follow.
    if (inputs !== header.inputsBefore) inputs = null;
    for (let item = itemAt(bytes, at); item !== null && inputs !== null; item = itemAt(bytes, at)) {
      const recorded = item.kind === ITEM.input ? decodeInput(item.body) : null;
      if (recorded === null) break;
      at = item.next;
      inputs += 1;
      yield { kind: "input", life, number: inputs, recorded };
    }
    if (at < bytes.length) yield { kind: "torn", life, segment, bytes: bytes.length - at };
  }
}

/** All messages that a replica took, as far as its recording reaches back: signed by others, and proven when it took them. */
export function* recordedMessages(of: RecordingOf): Generator<RecordedMessage & { readonly at: number }> {
  for (const part of readRecording(of))
    if (part.kind === "input" && part.recorded.input.kind === "message") yield { at: part.recorded.at, ...part.recorded.input };
}

/** The base stands behind the header of a life's first segment, if that is still there. */
function beginLife(
  header: RecordingHeader,
  bytes: Buffer,
  from: number,
): { readonly part: Extract<RecordingPart, { kind: "life" }>; readonly at: number } {
  const { life } = header;
  const without = (missing: "deleted" | "too-large" | "damaged", at: number) =>
    ({ part: { kind: "life", life, header, base: null, missing }, at }) as const;
  if (header.base !== "here") return without(header.base === "too-large" ? "too-large" : "deleted", from);
  const head = itemAt(bytes, from);
  const reader = head?.kind === ITEM.base ? BaseReader.begin(head.body) : null;
  if (head === null || reader === null) return without("damaged", behindBase(bytes, from));
  let at = head.next;
  for (let item = itemAt(bytes, at); item !== null; item = itemAt(bytes, at)) {
    at = item.next;
    if (item.kind === ITEM.baseEnd) return { part: { kind: "life", life, header, base: reader.end(), missing: null }, at };
    if (!reader.add(item.kind, item.body)) break;
  }
  return without("damaged", behindBase(bytes, from));
}

/** The messages that follow a base which can not be read are still good for evidence. */
function behindBase(bytes: Buffer, from: number): number {
  let at = from;
  for (let item = itemAt(bytes, at); item !== null && item.kind !== ITEM.input; item = itemAt(bytes, at)) at = item.next;
  return at;
}

/** Null for a segment that was deleted this moment; nothing of one that is larger than any that a replica writes. */
function readIfThere(path: string): Buffer | null {
  try {
    return statSync(path).size > SEGMENT_BYTES_MAX ? Buffer.from([0]) : readFileSync(path);
  } catch {
    return null;
  }
}
