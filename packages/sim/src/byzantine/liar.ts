import {
  type Effect,
  type Input,
  type Ports,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  type Service,
  type Signed,
  type SignedOf,
} from "@bft/core";
import { type PbftMessage, type PbftSigned, pbftCodec, type Vote } from "@bft/core/pbft";
import type { Random } from "../random.js";

export type PbftEffect = Effect<PbftMessage>;
export type PbftInput = Input<PbftMessage>;

/** A liar around an honest replica: sees what it got and what it would do, and says what it does instead. */
export type PbftBehaviour = (input: PbftInput, honest: readonly PbftEffect[]) => readonly PbftEffect[];

/** What a liar has: the cluster's public configuration and its own key. It can lie, not forge. */
export interface LiarContext {
  readonly config: ReplicaConfig;
  readonly ports: Ports;
  /** What the service does; a twin runs a second replica of it. */
  readonly service: Service;
  /** Chooses where a lie has a choice. */
  readonly random: Random;
  /** The liars of a shared plan, this one included, in order of id. */
  readonly accomplices: readonly ReplicaId[];
}

/** A message of the liar's own, signed as it pleases. */
export function signAs<M extends PbftMessage>(
  { config, ports }: LiarContext,
  message: M,
  attachment: Uint8Array | null = null,
): Signed<M> {
  const payload = pbftCodec.encode(message);
  const signature = ports.sign(payload);
  return { kind: message.kind, signer: replicaPrincipal(config.self), message, payload, signature, attachment };
}

export function send(to: ReplicaId, signed: Signed<PbftMessage>): PbftEffect {
  return { kind: "send", to, signed: signed as SignedOf<PbftMessage> };
}

export function sendAll(to: readonly ReplicaId[], signed: Signed<PbftMessage>): readonly PbftEffect[] {
  return to.map((replica) => send(replica, signed));
}

/** The other replicas, in order of id. */
export function others({ config }: LiarContext): readonly ReplicaId[] {
  return Array.from({ length: config.replicas }, (_, id) => id as ReplicaId).filter((id) => id !== config.self);
}

/** `replicas` in two halves; the first is the larger one when they are odd. */
export function inHalves(replicas: readonly ReplicaId[]): readonly [readonly ReplicaId[], readonly ReplicaId[]] {
  const middle = Math.ceil(replicas.length / 2);
  return [replicas.slice(0, middle), replicas.slice(middle)];
}

/** The other replicas, in two halves: the first is told the truth, the second the lie. */
export function halves(context: LiarContext): readonly [readonly ReplicaId[], readonly ReplicaId[]] {
  return inHalves(others(context));
}

/** True for what leaves the replica. */
export function leaves(effect: PbftEffect): boolean {
  return effect.kind === "send" || effect.kind === "broadcast" || effect.kind === "reply";
}

/** The liar's own message in an effect; null for what it relays, which it can not change, and for what does not leave. */
export function ownSigned({ config }: LiarContext, effect: PbftEffect): PbftSigned | null {
  if (effect.kind !== "send" && effect.kind !== "broadcast" && effect.kind !== "reply") return null;
  const { signer } = effect.signed;
  return signer.role === "replica" && signer.id === config.self ? effect.signed : null;
}

/** The replicas that an effect sends to. */
export function receivers(context: LiarContext, effect: PbftEffect): readonly ReplicaId[] {
  if (effect.kind === "send") return [effect.to];
  return effect.kind === "broadcast" ? others(context) : [];
}

/**
 * A liar that does as the honest replica does, but for its own messages to other replicas: `tell` says what leaves instead of
 * one, null for the truth. `toAll` is false for an answer or a retransmission to one replica.
 */
export function telling(
  context: LiarContext,
  tell: (signed: PbftSigned, to: readonly ReplicaId[], toAll: boolean) => readonly PbftEffect[] | null,
): PbftBehaviour {
  return (_input, honest) =>
    honest.flatMap((effect) => {
      const signed = effect.kind === "reply" ? null : ownSigned(context, effect);
      return (signed === null ? null : tell(signed, receivers(context, effect), effect.kind === "broadcast")) ?? [effect];
    });
}

/** Names the slot of a vote or a proposal among all views. */
export function slotName({ view, seq }: Pick<Vote, "view" | "seq">): string {
  return `${view}/${seq}`;
}
