import { hash } from "node:crypto";
import { type Digest, type Ports, type Principal, principalName } from "@bft/core";

const SIGNATURE_BYTES = 64;

/**
 * Real SHA-256, and keyed checksums in place of signatures: hundreds of times as fast as Ed25519. Nobody in a simulated world
 * computes another one's checksum, as nobody in the real one computes another one's signature; that real signatures hold is
 * tested elsewhere. A checksum over other bytes, or by another principal, does not verify.
 */
export function simPorts(self: Principal): Ports {
  return {
    hash: (bytes) => hash("sha256", bytes, "hex") as Digest,
    sign: (payload) => signature(self, payload),
    verify: (signer, payload, claimed) => {
      if (claimed.length !== SIGNATURE_BYTES) return false;
      const right = signature(signer, payload);
      for (let i = 0; i < SIGNATURE_BYTES; i++) if (right[i] !== claimed[i]) return false;
      return true;
    },
  };
}

const secrets = new Map<string, number>();

function secretOf(principal: Principal): number {
  const name = principalName(principal);
  let secret = secrets.get(name);
  if (secret === undefined) {
    secret = Number.parseInt(hash("sha256", `secret of ${name}`).slice(0, 8), 16) | 0;
    secrets.set(name, secret);
  }
  return secret;
}

function signature(signer: Principal, payload: Uint8Array): Uint8Array {
  let a = secretOf(signer) ^ payload.length;
  let b = a ^ 0x5bd1e995;
  for (let i = 0; i < payload.length; i++) {
    a = Math.imul(a ^ (payload[i] as number), 0x01000193);
    b = Math.imul(b + (payload[i] as number), 0x85ebca6b) ^ (b >>> 13);
  }
  const bytes = new Uint8Array(SIGNATURE_BYTES);
  a ^= a >>> 15;
  b ^= b >>> 16;
  for (let i = 0; i < 4; i++) {
    bytes[i] = a >>> (8 * i);
    bytes[4 + i] = b >>> (8 * i);
  }
  return bytes;
}
