import { type ReplicaConfig, replicaPrincipal, SERVICES, type Service, type Signed, type SignedOf } from "@bft/core";
import { type PbftMessage, PbftReplica, type PrePrepare, type Prepare } from "@bft/core/pbft";
import type { TestCluster } from "./cluster.js";
import { batchOf, prePrepareOf, requestOf } from "./forge.js";
import { fastPortsOf } from "./keys.js";
import { messagesIn } from "./lone.js";

type Vote = PrePrepare | Prepare;

const slotName = ({ view, seq }: Vote) => `view ${view}, number ${seq}`;

/** Every pre-prepare and prepare of its own that leaves a replica from now on, by what it is for. */
export function votesOf(cluster: TestCluster, id: number): Map<string, Vote> {
  const votes = new Map<string, Vote>();
  const before = cluster.observe;
  cluster.observe = (replica, effect) => {
    before(replica, effect);
    if (replica !== id || effect.kind !== "broadcast") return;
    const { message } = effect.signed;
    if (message.kind === "prepare" || message.kind === "pre-prepare") votes.set(slotName(message), message);
  };
  return votes;
}

/**
 * A copy of a dead replica, made from its disk, is offered a null request for everything that it voted for, and a new request
 * to assign a number to. Throws when it says something else than it said before. For clusters with `fastPortsOf`.
 */
export function tempt(cluster: TestCluster, id: number, votes: ReadonlyMap<string, Vote>): void {
  const config = cluster.configs[id] as ReplicaConfig;
  const ports = fastPortsOf(replicaPrincipal(config.self));
  const copy = new PbftReplica(
    config,
    ports,
    SERVICES.get("kv") as Service,
    { ...cluster.disks[id] } as Required<TestCluster["disks"][number]>,
  );
  const offers: Signed<PbftMessage>[] = [...votes.values()].map(({ view, seq }) =>
    prePrepareOf(view, seq, batchOf(), view % config.replicas),
  );
  for (const signed of [...offers, requestOf("set tempt 1", 1, 5000)]) {
    const effects = copy.step({ kind: "message", signed: signed as SignedOf<PbftMessage>, via: signed.signer });
    for (const message of [...messagesIn(effects, "prepare"), ...messagesIn(effects, "pre-prepare")]) {
      const said = votes.get(slotName(message));
      if (said !== undefined && said.digest !== message.digest)
        throw new Error(
          `replica ${id} was tempted to vote twice in ${slotName(message)}: ${said.digest}, then ${message.digest}`,
        );
    }
  }
}
