/** A piece of bytes is cut from a slab of this size. */
const SLAB_BYTES = 4096;
/** What is larger gets a buffer of its own. */
const PIECE_BYTES_MAX = 512;

let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/**
 * `length` zeros that nobody else has. Small ones share a buffer: making and forgetting one for each takes longer than filling it. What is
 * kept of them keeps at most `SLAB_BYTES` from being forgotten.
 */
export function newBytes(length: number): Uint8Array {
  if (length > PIECE_BYTES_MAX) return new Uint8Array(length);
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  used += length;
  return new Uint8Array(slab.buffer, used - length, length);
}

/** A copy of `bytes` that nobody else has. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  const copy = newBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
