import { decodeWire } from "../wire/cbor.js";
import { Reader } from "../wire/reader.js";
import type { ScanLimits } from "../wire/scan.js";

/** Leaves of a state in one record at the most. */
const LEAVES_MAX = 4096;

/**
 * Reads a record back: an array, the kind's number first. Null when it is none of ours: the file is damaged.
 * @param readFields reads what follows the number; notes in `reader` what is wrong
 */
export function readRecordOf<R>(
  bytes: Uint8Array,
  scan: ScanLimits,
  readFields: (code: number, reader: Reader) => R | null,
): R | null {
  const decoded = decodeWire(bytes, scan);
  if (!("value" in decoded)) return null;
  const reader = new Reader(decoded.value);
  const record = readFields(reader.integer("record kind", 255), reader);
  reader.end();
  return reader.problem === null ? record : null;
}

/** Bytes of any length: what a replica wrote down itself it does not bound. */
export function readRecordBytes(reader: Reader): Uint8Array {
  return reader.bytes("bytes", Number.MAX_SAFE_INTEGER);
}

export function readRecordLeaves(reader: Reader): readonly Uint8Array[] {
  return reader.list("leaves", LEAVES_MAX, (item, outer) => outer.nested([item], readRecordBytes));
}
