import { createRequire } from "node:module";
import { newBytes } from "@bft/core";
import { KeyCache } from "./key-cache.js";
import { checkSeed, lengthsFit, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type SignatureScheme } from "./scheme.js";

export type Sodium = typeof import("sodium-native");

let loaded: Sodium | null | undefined;

/** The native library, or null where it can not be loaded (no prebuilt binary for this platform). Tried once. */
export function loadSodium(): Sodium | null {
  if (loaded === undefined) {
    try {
      loaded = createRequire(import.meta.url)("sodium-native") as Sodium;
    } catch {
      loaded = null;
    }
  }
  return loaded;
}

/** libsodium's Ed25519: the fast path. Its verdict is the predicate, once the lengths are right. */
export function sodiumScheme(sodium: Sodium): SignatureScheme {
  const secretKeys = new KeyCache((seed) => {
    const publicKey = new Uint8Array(PUBLIC_KEY_BYTES);
    const secretKey = new Uint8Array(64);
    sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
    return { publicKey, secretKey };
  });
  return {
    name: "sodium",
    publicKey(seed) {
      checkSeed(seed);
      return secretKeys.get(seed).publicKey.slice();
    },
    sign(seed, bytes) {
      checkSeed(seed);
      const signature = newBytes(SIGNATURE_BYTES);
      sodium.crypto_sign_detached(signature, bytes, secretKeys.get(seed).secretKey);
      return signature;
    },
    verify(publicKey, bytes, signature) {
      // sodium-native takes a signature of 65 bytes and throws on one of 63
      if (!lengthsFit(publicKey, signature)) return false;
      return sodium.crypto_sign_verify_detached(signature, bytes, publicKey);
    },
  };
}
