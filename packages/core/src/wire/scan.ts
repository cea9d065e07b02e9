import type { DecodeError } from "../machine.js";

/** Bounds of one payload. They hold before anything is allocated for it. */
export interface ScanLimits {
  /** How deep arrays may nest. */
  readonly depthMax: number;
  /** How many CBOR items (numbers, strings, arrays, …) there may be in all. */
  readonly itemsMax: number;
}

/**
 * Walks the structure of hostile CBOR bytes (RFC 8949) without building anything, in time linear in their length.
 * Allowed are unsigned integers up to 2^53-1, byte strings, valid UTF-8 text strings, arrays, booleans and null, all of
 * definite length and in their shortest form. Tags, maps, floats and negative numbers are refused: the decoder that runs
 * afterwards spends quadratic time on some of them and keeps state for others (docs/adr/0020).
 */
export function scan(bytes: Uint8Array, limits: ScanLimits): DecodeError | null {
  /** How many items are still to come in each open array. */
  const open: number[] = [1];
  let position = 0;
  let items = 0;
  while (open.length > 0) {
    const left = open[open.length - 1] as number;
    if (left === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1] = left - 1;
    if (++items > limits.itemsMax) return refuse("payload-too-many-items", `more than ${limits.itemsMax} items`);
    const head = bytes[position];
    if (head === undefined) return refuse("payload-truncated", `item expected at byte ${position}`);
    position += 1;
    const major = head >> 5;
    const info = head & 31;
    if (major === 7) {
      if (info < 20 || info > 22) return refuse("payload-forbidden-type", `simple value or float at byte ${position - 1}`);
      continue;
    }
    if (major === 1 || major > 4) return refuse("payload-forbidden-type", `major type ${major} at byte ${position - 1}`);
    if (info > 27) return refuse("payload-forbidden-type", `indefinite or reserved length at byte ${position - 1}`);
    const width = info < 24 ? 0 : 1 << (info - 24);
    if (position + width > bytes.length) return refuse("payload-truncated", `number expected at byte ${position}`);
    const value = width === 0 ? info : readNumber(bytes, position, width);
    if (value > Number.MAX_SAFE_INTEGER) return refuse("payload-integer-too-large", `at byte ${position}`);
    if (width > 0 && value < SMALLEST[width as Width])
      return refuse("payload-not-canonical", `number longer than needed at byte ${position}`);
    position += width;
    if (major === 0) continue;
    if (major === 4) {
      if (open.length > limits.depthMax) return refuse("payload-too-deep", `arrays nest deeper than ${limits.depthMax}`);
      // An item takes at least one byte, so a longer count is a lie: refused before it can cost anything.
      if (value > bytes.length - position) return refuse("payload-truncated", `${value} items announced at byte ${position}`);
      open.push(value);
      continue;
    }
    if (value > bytes.length - position) return refuse("payload-truncated", `${value} bytes announced at byte ${position}`);
    if (major === 3 && !isUtf8(bytes, position, position + value)) return refuse("payload-bad-utf8", `text at byte ${position}`);
    if (major === 3 && beginsWithMark(bytes, position, value))
      return refuse("payload-bad-utf8", `byte order mark at byte ${position}`);
    position += value;
  }
  return position === bytes.length ? null : refuse("payload-trailing-bytes", `${bytes.length - position} bytes after the end`);
}

type Width = 1 | 2 | 4 | 8;
/** The smallest number that needs so many bytes. */
const SMALLEST: Readonly<Record<Width, number>> = { 1: 24, 2: 2 ** 8, 4: 2 ** 16, 8: 2 ** 32 };

function readNumber(bytes: Uint8Array, from: number, width: number): number {
  let value = 0;
  for (let i = from; i < from + width; i++) value = value * 256 + (bytes[i] as number);
  return value;
}

function refuse(code: DecodeError["code"], detail: string): DecodeError {
  return { code, detail };
}

/** The decoder would strip it from a long text, so it is refused in all (text.ts). */
function beginsWithMark(bytes: Uint8Array, from: number, length: number): boolean {
  return length >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
}

/** True when bytes[from..to) is well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates. */
function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to) {
    const first = bytes[at++] as number;
    if (first < 0x80) continue;
    let more: number;
    let low = 0x80;
    let high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) more = 1;
    else if (first >= 0xe0 && first <= 0xef) {
      more = 2;
      if (first === 0xe0) low = 0xa0;
      if (first === 0xed) high = 0x9f;
    } else if (first >= 0xf0 && first <= 0xf4) {
      more = 3;
      if (first === 0xf0) low = 0x90;
      if (first === 0xf4) high = 0x8f;
    } else return false;
    if (at + more > to) return false;
    for (; more > 0; more--) {
      const next = bytes[at++] as number;
      if (next < low || next > high) return false;
      low = 0x80;
      high = 0xbf;
    }
  }
  return true;
}
