import type { Effect, Input, ReplicaId, Signed } from "@bft/core";
import { type PbftMessage, type PbftSigned, pbftCodec, type Vote } from "@bft/core/pbft";
import type { Behaviour } from "../protocols/protocol.js";
import type { LiarContext } from "./context.js";
import { Voice } from "./voice.js";

export { halves, inHalves, type LiarContext, others } from "./context.js";

export type PbftEffect = Effect<PbftMessage>;
export type PbftInput = Input<PbftMessage>;

/** A liar around an honest replica of PBFT. */
export type PbftBehaviour = Behaviour<PbftMessage>;

/** A message of the liar's own, signed as it pleases. */
export function signAs<M extends PbftMessage>(context: LiarContext, message: M, attachment: Uint8Array | null = null): Signed<M> {
  return pbftVoice(context).sign(message, attachment);
}

export function send(to: ReplicaId, signed: Signed<PbftMessage>): PbftEffect {
  return { kind: "send", to, signed: signed as PbftSigned };
}

export function sendAll(to: readonly ReplicaId[], signed: Signed<PbftMessage>): readonly PbftEffect[] {
  return to.map((replica) => send(replica, signed));
}

/** True for what leaves the replica. */
export function leaves({ kind }: { readonly kind: string }): boolean {
  return kind === "send" || kind === "broadcast" || kind === "reply";
}

/** The liar's own message in an effect; null for what it relays, which it can not change, and for what does not leave. */
export function ownSigned(context: LiarContext, effect: PbftEffect): PbftSigned | null {
  return pbftVoice(context).own(effect);
}

/** The replicas that an effect sends to. */
export function receivers(context: LiarContext, effect: PbftEffect): readonly ReplicaId[] {
  return pbftVoice(context).receivers(effect);
}

/**
 * A liar that does as the honest replica does, but for its own messages to other replicas: `tell` says what leaves instead of
 * one, null for the truth. `toAll` is false for an answer or a retransmission to one replica.
 */
export function telling(
  context: LiarContext,
  tell: (signed: PbftSigned, to: readonly ReplicaId[], toAll: boolean) => readonly PbftEffect[] | null,
): PbftBehaviour {
  return pbftVoice(context).telling(tell);
}

/** What a liar says among PBFT's replicas. */
export function pbftVoice(context: LiarContext): Voice<PbftMessage> {
  return new Voice(pbftCodec, context);
}

/** Names the slot of a vote or a proposal among all views. */
export function slotName({ view, seq }: Pick<Vote, "view" | "seq">): string {
  return `${view}/${seq}`;
}
