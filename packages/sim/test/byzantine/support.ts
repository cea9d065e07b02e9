import {
  type Ports,
  type Principal,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  SERVICES,
  type Service,
} from "@bft/core";
import type { PbftMessage, PbftSigned } from "@bft/core/pbft";
import { Random } from "@bft/sim";
import { createPbftBehaviour, type LiarContext } from "@bft/sim/byzantine";
import { type Envelope, TestCluster } from "../../../core/test/support/cluster.js";
import type { ClusterOptions } from "../../../core/test/support/cluster-types.js";
import { portsOf } from "../../../core/test/support/keys.js";
import { Safety } from "../../../core/test/support/safety.js";

export interface LyingOptions extends ClusterOptions {
  /** What the liars draw from. */
  readonly seed?: number;
}

export function contextOf(
  config: ReplicaConfig,
  accomplices: readonly number[] = [config.self],
  seed = 1,
  ports: (self: Principal) => Ports = portsOf,
): LiarContext {
  return {
    config,
    ports: ports(replicaPrincipal(config.self)),
    service: SERVICES.get("kv") as Service,
    random: new Random(seed),
    accomplices: accomplices as readonly ReplicaId[],
  };
}

/** A cluster in which some replicas behave as named, and what they send to whom. */
export interface LyingCluster {
  readonly cluster: TestCluster;
  /** Everything that leaves a liar, in order. */
  readonly sent: Envelope[];
}

/** A cluster of four unless told, with one liar or several accomplices. */
export function clusterWith(liar: number | readonly number[], name: string, options: LyingOptions = {}): LyingCluster {
  const liars = typeof liar === "number" ? [liar] : liar;
  const { seed, ...rest } = options;
  const cluster = new TestCluster(rest);
  for (const id of liars) {
    const context = contextOf(cluster.configs[id] as ReplicaConfig, liars, seed, rest.ports);
    cluster.behaviours.set(id, createPbftBehaviour(name, context));
  }
  const sent: Envelope[] = [];
  cluster.meddle = (envelope) => {
    if (envelope.from.role === "replica" && liars.includes(envelope.from.id)) sent.push(envelope);
    return [envelope];
  };
  return { cluster, sent };
}

/** Watches the replicas that do not lie: throws at the first thing that must never be. */
export function watched(cluster: TestCluster): Safety {
  return new Safety(
    cluster,
    cluster.configs.map(({ self }) => self).filter((id) => !cluster.behaviours.has(id)),
  );
}

/** The messages of a kind among what was sent, each with its receiver. */
export function said<K extends PbftMessage["kind"]>(
  sent: readonly Envelope[],
  kind: K,
): { readonly to: number; readonly message: Extract<PbftMessage, { kind: K }>; readonly signed: PbftSigned }[] {
  return sent.flatMap(({ to, signed }) =>
    signed.kind === kind ? [{ to: to.id, message: signed.message as Extract<PbftMessage, { kind: K }>, signed }] : [],
  );
}

/** The digests that were sent for a sequence number in messages of a kind. */
export function digestsOf(sent: readonly Envelope[], kind: "pre-prepare" | "prepare" | "commit", seq: number): Set<string> {
  return new Set(said(sent, kind).flatMap(({ message }) => (message.seq === seq ? [message.digest] : [])));
}

/** The batches that replicas other than liars executed, by sequence number. */
export function executedDigests(cluster: TestCluster): Map<number, Set<string>> {
  const executed = new Map<number, Set<string>>();
  for (const { self } of cluster.configs) {
    if (cluster.behaviours.has(self)) continue;
    for (const { seq, digest } of cluster.effectsOf(self, "executed"))
      executed.set(seq, (executed.get(seq) ?? new Set()).add(digest));
  }
  return executed;
}

/** Why a replica refused what came. */
export function refusals(cluster: TestCluster, id: number): Set<string> {
  return new Set(cluster.effectsOf(id, "dropped").map(({ reason }) => reason));
}
