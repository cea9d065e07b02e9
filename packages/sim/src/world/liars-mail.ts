import type { Codec, DecodeError, MessageBase, Ports, Signed, SignedOf } from "@bft/core";

/** What the other end makes of what was sent: the message as it decodes it, or why it refuses it. */
export type Received<M extends MessageBase> =
  | { readonly ok: true; readonly signed: SignedOf<M> }
  | { readonly ok: false; readonly reason: DecodeError["code"] | "signature-invalid" };

/**
 * Reads what a liar sends as every receiver would: from the payload's bytes, and only when the signature is right. What a
 * correct process sends needs no such reading, as decoding what was encoded gives the same message.
 */
export class LiarsMail<M extends MessageBase> {
  readonly #codec: Codec<M>;
  readonly #ports: Ports;
  readonly #read = new WeakMap<Signed<M>, Received<M>>();

  constructor(codec: Codec<M>, ports: Ports) {
    this.#codec = codec;
    this.#ports = ports;
  }

  receive(sent: SignedOf<M>): Received<M> {
    const signed: Signed<M> = sent as Signed<M>;
    let received = this.#read.get(signed);
    if (received === undefined) {
      received = this.#decode(signed);
      this.#read.set(signed, received);
    }
    return received;
  }

  #decode(signed: Signed<M>): Received<M> {
    const decoded = this.#codec.decode(signed.payload);
    if (!decoded.ok) return { ok: false, reason: decoded.error.code };
    if (!this.#ports.verify(signed.signer, signed.payload, signed.signature)) return { ok: false, reason: "signature-invalid" };
    const { message } = decoded;
    return { ok: true, signed: { ...signed, kind: message.kind, message } as unknown as SignedOf<M> };
  }
}
