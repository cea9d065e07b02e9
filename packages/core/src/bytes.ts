const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const NOT_A_DIGIT = 255;
/** The value of each hexadecimal digit, by its code. */
const DIGITS = digitValues();

/** Lower-case hexadecimal digits of `bytes`, two a byte. */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

/** Bytes of lower- or upper-case hexadecimal digits. @throws RangeError when it is not an even number of hex digits. */
export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1);
  writeHex(bytes, 0, hex);
  return bytes;
}

/** Writes the bytes of hexadecimal digits into `target`. @throws RangeError when it is not an even number of hex digits. */
export function writeHex(target: Uint8Array, at: number, hex: string): void {
  let valid = hex.length % 2 === 0;
  for (let i = 0; i + 1 < hex.length; i += 2) {
    const high = DIGITS[hex.charCodeAt(i)] ?? NOT_A_DIGIT;
    const low = DIGITS[hex.charCodeAt(i + 1)] ?? NOT_A_DIGIT;
    if (high === NOT_A_DIGIT || low === NOT_A_DIGIT) valid = false;
    target[at + (i >> 1)] = (high << 4) | low;
  }
  if (!valid) throw new RangeError(`expected hexadecimal digits, got "${hex.slice(0, 80)}"`);
}

function digitValues(): Uint8Array {
  const values = new Uint8Array(128).fill(NOT_A_DIGIT);
  for (const [value, digit] of [..."0123456789abcdef"].entries()) {
    values[digit.charCodeAt(0)] = value;
    values[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return values;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
