/** Where an unsigned integer stands in CBOR bytes, its head included. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * The unsigned integers in a payload as our codec writes it (RFC 8949: integers, strings, arrays and simple values of definite
 * length), at any depth. Of other bytes: those before the first thing that is not so.
 */
export function integersIn(payload: Uint8Array): readonly Place[] {
  const places: Place[] = [];
  let at = 0;
  while (at < payload.length) {
    const head = payload[at] as number;
    const major = head >> 5;
    const info = head & 31;
    const width = info < 24 ? 0 : 1 << (info - 24);
    const end = at + 1 + width;
    if (info > 27 || end > payload.length) return places;
    if (major === 0) places.push({ from: at, to: end });
    const length = major === 2 || major === 3 ? numberIn(payload, at + 1, width, info) : 0;
    at = end + length;
  }
  return places;
}

function numberIn(bytes: Uint8Array, from: number, width: number, info: number): number {
  if (width === 0) return info;
  return bytes.subarray(from, from + width).reduce((value, byte) => 256 * value + byte, 0);
}

/** The bytes with other ones at a place. */
export function withBytesAt(bytes: Uint8Array, { from, to }: Place, others: Uint8Array): Uint8Array {
  const result = new Uint8Array(from + others.length + bytes.length - to);
  result.set(bytes.subarray(0, from));
  result.set(others, from);
  result.set(bytes.subarray(to), from + others.length);
  return result;
}
