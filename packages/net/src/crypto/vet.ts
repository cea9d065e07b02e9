import { hasCanonicalY, hasSmallOrderY } from "./encodings.js";
import { decodePoint } from "./noble.js";
import { PUBLIC_KEY_BYTES } from "./scheme.js";
import { loadSodium, type Sodium } from "./sodium.js";

/** Why 32 bytes are not a public key that a cluster may list. */
export interface KeyRefusal {
  readonly code: "key-length" | "key-not-canonical" | "key-not-on-curve" | "key-small-order" | "key-mixed-order";
  /** One clause for a person. */
  readonly detail: string;
}

/**
 * Null when `bytes` are a point of prime order in canonical encoding: what honest key generation gives. Called when a
 * configuration is loaded, so that no signature of a strange key is ever judged. With `sodium` null it uses the portable points alone.
 */
export function vetPublicKey(bytes: Uint8Array, sodium: Sodium | null = loadSodium()): KeyRefusal | null {
  if (bytes.length !== PUBLIC_KEY_BYTES)
    return { code: "key-length", detail: `a public key has ${PUBLIC_KEY_BYTES} bytes, this has ${bytes.length}` };
  // sodium does in 50 us what takes a millisecond below, but it does not say why it refuses
  if (sodium?.crypto_core_ed25519_is_valid_point(bytes) === true) return null;
  if (!hasCanonicalY(bytes)) return { code: "key-not-canonical", detail: "its y coordinate is not below the field prime" };
  if (hasSmallOrderY(bytes))
    return { code: "key-small-order", detail: "it is a point of small order: signatures by it prove nothing" };
  const point = decodePoint(bytes);
  if (point === null) return { code: "key-not-on-curve", detail: "it is not a point of the curve" };
  if (!point.isTorsionFree()) return { code: "key-mixed-order", detail: "it has a small-order part" };
  return null;
}
