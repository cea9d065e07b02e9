/**
 * Checks on Ed25519 encodings that need no curve arithmetic. Values are little-endian; the top bit of a point's last byte
 * is the sign of x (RFC 8032 §5.1.2).
 */

/** p = 2^255 - 19, little-endian. */
const FIELD_PRIME = littleEndian((1n << 255n) - 19n);

/** L = 2^252 + 27742317777372353535851937790883648493, the order of the base point, little-endian. */
const GROUP_ORDER = littleEndian((1n << 252n) + 27742317777372353535851937790883648493n);

/** y of the points of order 8; the other four small-order points have y = 1, -1 and 0 (twice). */
const ORDER_8_Y = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const P = (1n << 255n) - 19n;
const SMALL_ORDER_Y = [0n, 1n, P - 1n, ORDER_8_Y, P - ORDER_8_Y].map(littleEndian);

function littleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return bytes;
}

/** True when `bytes[from..from+32)`, its last byte masked, is less than `bound`. */
function isBelow(bytes: Uint8Array, from: number, lastByteMask: number, bound: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const byte = (bytes[from + i] ?? 0) & (i === 31 ? lastByteMask : 0xff);
    const limit = bound[i] ?? 0;
    if (byte !== limit) return byte < limit;
  }
  return false;
}

/** True when the y of a 32-byte point encoding is less than p. */
export function hasCanonicalY(point: Uint8Array): boolean {
  return isBelow(point, 0, 0x7f, FIELD_PRIME);
}

/** True when the S of a 64-byte signature is less than L (RFC 8032 §5.1.7 step 1). */
export function hasCanonicalScalar(signature: Uint8Array): boolean {
  return isBelow(signature, 32, 0xff, GROUP_ORDER);
}

/** True when a 32-byte canonical encoding is one of the eight points whose order divides the cofactor 8, whatever its sign bit. */
export function hasSmallOrderY(point: Uint8Array): boolean {
  return SMALL_ORDER_Y.some((y) => {
    for (let i = 0; i < 31; i++) if (point[i] !== y[i]) return false;
    return ((point[31] ?? 0) & 0x7f) === y[31];
  });
}
