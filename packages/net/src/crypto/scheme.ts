/** Bytes of an Ed25519 seed (the secret key of RFC 8032 §5.1.5). */
export const SEED_BYTES = 32;
/** Bytes of an Ed25519 public key. */
export const PUBLIC_KEY_BYTES = 32;
/** Bytes of an Ed25519 signature, R then S (RFC 8032 §5.1.6). */
export const SIGNATURE_BYTES = 64;

/** Three implementations of Ed25519, and `none`, which authenticates nothing (none.ts). */
export type SchemeName = "sodium" | "node" | "noble" | "none";

/**
 * Ed25519 with the one verification predicate of the cluster (docs/adr/0010): cofactorless, A, R and S in canonical
 * encoding, A and R not of small order. Every implementation gives the same verdict on every input; `none` is none of them.
 */
export interface SignatureScheme {
  readonly name: SchemeName;
  /**
   * The public key of a seed, 32 bytes.
   * @throws TypeError unless `seed` is 32 bytes.
   */
  publicKey(seed: Uint8Array): Uint8Array;
  /**
   * The deterministic signature of RFC 8032 §5.1.6, 64 bytes.
   * @throws TypeError unless `seed` is 32 bytes.
   */
  sign(seed: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** The verdict on hostile bytes: false for a wrong length too. Never throws. */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** @throws TypeError unless `seed` is 32 bytes. */
export function checkSeed(seed: Uint8Array): void {
  if (seed.length !== SEED_BYTES) throw new TypeError(`an Ed25519 seed has ${SEED_BYTES} bytes, got ${seed.length}`);
}

/** True when both have the length that Ed25519 gives them; libraries differ on what they do with others. */
export function lengthsFit(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return publicKey.length === PUBLIC_KEY_BYTES && signature.length === SIGNATURE_BYTES;
}
