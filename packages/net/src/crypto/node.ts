import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { hasCanonicalScalar, hasCanonicalY, hasSmallOrderY } from "./encodings.js";
import { KeyCache } from "./key-cache.js";
import { checkSeed, lengthsFit, type SignatureScheme } from "./scheme.js";

/** DER before the 32 seed bytes of a PKCS #8 Ed25519 private key (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * node:crypto (OpenSSL) with the checks that it lacks: it is cofactorless and refuses S >= L, but it takes an A or an R of small
 * order and an A in non-canonical encoding. A non-canonical R never matches, because it compares R's bytes.
 */
export function nodeScheme(): SignatureScheme {
  const secretKeys = new KeyCache((seed) => {
    const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
    const { x } = createPublicKey(privateKey).export({ format: "jwk" });
    return { privateKey, publicKey: new Uint8Array(Buffer.from(x ?? "", "base64url")) };
  });
  // null: no signature by this key is ever good. JWK because its import takes 8 us, DER 195 us
  const publicKeys = new KeyCache((key) => {
    if (!hasCanonicalY(key) || hasSmallOrderY(key)) return null;
    return createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") } });
  });
  return {
    name: "node",
    publicKey(seed) {
      checkSeed(seed);
      return secretKeys.get(seed).publicKey.slice();
    },
    sign(seed, bytes) {
      checkSeed(seed);
      return new Uint8Array(sign(null, bytes, secretKeys.get(seed).privateKey));
    },
    verify(publicKey, bytes, signature) {
      if (!lengthsFit(publicKey, signature)) return false;
      if (!hasCanonicalScalar(signature) || hasSmallOrderY(signature)) return false;
      const key = publicKeys.get(publicKey);
      return key !== null && verify(null, bytes, key, signature);
    },
  };
}
