import { createHash } from "node:crypto";
import * as ed25519 from "@noble/ed25519";
import { hasCanonicalScalar } from "./encodings.js";
import { checkSeed, lengthsFit, type SignatureScheme } from "./scheme.js";

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;

const GROUP_ORDER = Point.CURVE().n;

function sha512(...parts: Uint8Array[]): Uint8Array {
  const hash = createHash("sha512");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

/** The point of a strict RFC 8032 §5.1.3 encoding, or null when it is not one. */
export function decodePoint(bytes: Uint8Array): Point | null {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return null;
  }
}

/**
 * The portable reference. Signing is noble's; verifying is the equation on noble's points, because `verify` of noble multiplies
 * by the cofactor even with `zip215: false` and so accepts signatures that the native libraries refuse.
 */
export function nobleScheme(): SignatureScheme {
  ed25519.hashes.sha512 = (message) => sha512(message) as ReturnType<typeof ed25519.hash>;
  return {
    name: "noble",
    publicKey(seed) {
      checkSeed(seed);
      return ed25519.getPublicKey(seed);
    },
    sign(seed, bytes) {
      checkSeed(seed);
      return ed25519.sign(bytes, seed);
    },
    verify(publicKey, bytes, signature) {
      if (!lengthsFit(publicKey, signature) || !hasCanonicalScalar(signature)) return false;
      const R = signature.subarray(0, 32);
      const commitment = decodePoint(R);
      const key = decodePoint(publicKey);
      if (commitment === null || key === null) return false;
      if (commitment.isSmallOrder() || key.isSmallOrder()) return false;
      const scalar = littleEndian(signature.subarray(32));
      const challenge = littleEndian(sha512(R, publicKey, bytes)) % GROUP_ORDER;
      // [S]B = R + [k]A, without the cofactor
      return Point.BASE.multiply(scalar, false).equals(commitment.add(key.multiply(challenge, false)));
    },
  };
}
