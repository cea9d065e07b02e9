import {
  type Effect,
  type Input,
  type Ports,
  type ReplicaId,
  replicaPrincipal,
  type Service,
  type Signed,
  type SignedOf,
} from "@bft/core";
import { type PbftConfig, type PbftMessage, pbftCodec } from "@bft/core/pbft";
import type { Random } from "../random.js";

export type PbftEffect = Effect<PbftMessage>;
export type PbftInput = Input<PbftMessage>;

/** A liar around an honest replica: sees what it got and what it would do, and says what it does instead. */
export type PbftBehaviour = (input: PbftInput, honest: readonly PbftEffect[]) => readonly PbftEffect[];

/** What a liar has: the cluster's public configuration and its own key. It can lie, not forge. */
export interface LiarContext {
  readonly config: PbftConfig;
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

/** The other replicas, in two halves: the first is told the truth, the second the lie. */
export function halves({ config }: LiarContext): readonly [readonly ReplicaId[], readonly ReplicaId[]] {
  const others = Array.from({ length: config.replicas }, (_, id) => id as ReplicaId).filter((id) => id !== config.self);
  const middle = Math.ceil(others.length / 2);
  return [others.slice(0, middle), others.slice(middle)];
}

/** True for what leaves the replica. */
export function leaves(effect: PbftEffect): boolean {
  return effect.kind === "send" || effect.kind === "broadcast" || effect.kind === "reply";
}
