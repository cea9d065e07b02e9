import { hash } from "node:crypto";
import { lengthsFit, SIGNATURE_BYTES, type SignatureScheme } from "./scheme.js";

/**
 * NOTHING IS AUTHENTICATED: ANYBODY CAN SPEAK FOR ANYBODY. For measuring what signatures cost, and for nothing else: `verify` takes any 64
 * bytes for anybody's signature of anything, so whoever reaches a port of such a cluster may vote in the name of all replicas.
 *
 * What stands in place of a signature is no secret of anybody: SHA-256 of the bytes, xor the signer's public key, then 32 zeros. It is there
 * because traces and recordings know a message by its signature; all zeros would give every message one name. It takes 1 us.
 *
 * @param keys makes the key pairs, which are real and listed as ever
 */
export function noneScheme(keys: SignatureScheme): SignatureScheme {
  return {
    name: "none",
    publicKey: (seed) => keys.publicKey(seed),
    sign(seed, bytes) {
      const name = new Uint8Array(SIGNATURE_BYTES);
      const signer = keys.publicKey(seed);
      name.set(hash("sha256", bytes, "buffer"));
      for (let i = 0; i < signer.length; i++) name[i] = (name[i] ?? 0) ^ (signer[i] ?? 0);
      return name;
    },
    verify: (publicKey, _bytes, signature) => lengthsFit(publicKey, signature),
  };
}
