import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { type Digest, type Ports, type Principal, principalName } from "@bft/core";

/** PKCS #8 header of an Ed25519 private key; the 32-byte seed follows. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const keys = new Map<string, { readonly secret: KeyObject; readonly open: KeyObject }>();

/** The same key for the same principal in every test: derived from its name. */
function keyOf(principal: Principal): { readonly secret: KeyObject; readonly open: KeyObject } {
  const name = principalName(principal);
  let pair = keys.get(name);
  if (pair === undefined) {
    const seed = createHash("sha256").update(name).digest();
    const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
    pair = { secret, open: createPublicKey(secret) };
    keys.set(name, pair);
  }
  return pair;
}

/** Real signatures and hashes, for a machine that acts as `self`. */
export function portsOf(self: Principal): Ports {
  return {
    hash: (bytes) => createHash("sha256").update(bytes).digest("hex") as Digest,
    sign: (payload) => new Uint8Array(sign(null, payload, keyOf(self).secret)),
    verify: (signer, payload, signature) => verify(null, payload, keyOf(signer).open, signature),
  };
}

/**
 * Keyed hashes in place of signatures: forty times as fast, and nobody in a test forges what it has no key for. For runs with
 * very many messages only.
 */
export function fastPortsOf(self: Principal): Ports {
  return {
    hash: (bytes) => createHash("sha256").update(bytes).digest("hex") as Digest,
    sign: (payload) => tag(self, payload),
    verify: (signer, payload, signature) => tag(signer, payload).equals(signature),
  };
}

function tag(signer: Principal, payload: Uint8Array): Buffer {
  return createHash("sha512")
    .update(`secret of ${principalName(signer)}`)
    .update(payload)
    .digest();
}
