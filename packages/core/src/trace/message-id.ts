import { toHex } from "../bytes.js";

/** Bytes of a signature that name its message. */
const ID_BYTES = 8;

/**
 * What a message is called in traces: the first 8 bytes of its signature in hex. Ed25519 signatures are deterministic (RFC 8032 §5.1.6),
 * so a correct sender's message has one name wherever it is seen, and two messages have two. It proves nothing: nothing but what a
 * person is shown may rest on it.
 */
export function messageIdOf({ signature }: { readonly signature: Uint8Array }): string {
  return toHex(signature.subarray(0, ID_BYTES));
}
