import type { Ports, ReplicaConfig, ReplicaId, Service } from "@bft/core";
import type { Random } from "../random.js";

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
