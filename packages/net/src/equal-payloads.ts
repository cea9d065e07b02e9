import type { Codec, Decoded, MessageBase } from "@bft/core";

/**
 * The same codec, which reads what is equal to the last payload only once: correct replicas answer a client with the same bytes. The payload
 * must not change after it was given, and nobody may change the message.
 */
export function readingEqualPayloadsOnce<M extends MessageBase>(codec: Codec<M>): Codec<M> {
  let last: { readonly payload: Uint8Array; readonly decoded: Decoded<M> } | null = null;
  return {
    encode: (message) => codec.encode(message),
    decode(payload) {
      if (last !== null && Buffer.compare(last.payload, payload) === 0) return last.decoded;
      last = { payload, decoded: codec.decode(payload) };
      return last.decoded;
    },
  };
}
