import {
  type Codec,
  type Effect,
  type MessageBase,
  type ReplicaId,
  replicaPrincipal,
  type Signed,
  type SignedOf,
} from "@bft/core";
import type { Behaviour } from "../protocols/protocol.js";
import { type LiarContext, others } from "./context.js";

/** What a liar says in the messages of one protocol, with its own key. */
export class Voice<M extends MessageBase> {
  readonly codec: Codec<M>;
  readonly context: LiarContext;

  constructor(codec: Codec<M>, context: LiarContext) {
    this.codec = codec;
    this.context = context;
  }

  /** A message of the liar's own, signed as it pleases. */
  sign<N extends M>(message: N, attachment: Uint8Array | null = null): Signed<N> {
    const { config, ports } = this.context;
    const payload = this.codec.encode(message);
    const signature = ports.sign(payload);
    return { kind: message.kind, signer: replicaPrincipal(config.self), message, payload, signature, attachment };
  }

  say(to: ReplicaId, message: M, attachment: Uint8Array | null = null): Effect<M> {
    return { kind: "send", to, signed: this.sign(message, attachment) as SignedOf<M> };
  }

  /** The same message to each of them. */
  sayTo(to: readonly ReplicaId[], message: M, attachment: Uint8Array | null = null): readonly Effect<M>[] {
    const signed = this.sign(message, attachment) as SignedOf<M>;
    return to.map((replica) => ({ kind: "send", to: replica, signed }));
  }

  /** The liar's own message in an effect; null for what it relays, which it can not change, and for what does not leave. */
  own(effect: Effect<M>): SignedOf<M> | null {
    if (effect.kind !== "send" && effect.kind !== "broadcast" && effect.kind !== "reply") return null;
    const { signer } = effect.signed as Signed<M>;
    return signer.role === "replica" && signer.id === this.context.config.self ? effect.signed : null;
  }

  /** What the liar says itself to other replicas in an effect, or null. */
  said(effect: Effect<M>): Signed<M> | null {
    const signed = effect.kind === "reply" ? null : this.own(effect);
    return signed as Signed<M> | null;
  }

  /** A message as it is, to one replica. */
  pass(to: ReplicaId, signed: SignedOf<M>): Effect<M> {
    return { kind: "send", to, signed };
  }

  /** The replicas that an effect sends to. */
  receivers(effect: Effect<M>): readonly ReplicaId[] {
    if (effect.kind === "send") return [effect.to];
    return effect.kind === "broadcast" ? others(this.context) : [];
  }

  /**
   * A liar that does as the honest replica does, but for its own messages to other replicas: `tell` says what leaves instead of
   * one, null for the truth. `toAll` is false for an answer or a retransmission to one replica.
   */
  telling(tell: (signed: SignedOf<M>, to: readonly ReplicaId[], toAll: boolean) => readonly Effect<M>[] | null): Behaviour<M> {
    return (_input, honest) =>
      honest.flatMap((effect) => {
        const signed = effect.kind === "reply" ? null : this.own(effect);
        return (signed === null ? null : tell(signed, this.receivers(effect), effect.kind === "broadcast")) ?? [effect];
      });
  }
}
