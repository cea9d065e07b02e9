import type { Digest } from "../ids.js";
import type { Codec, Machine, MessageBase, Ports } from "../machine.js";
import type { QuorumSystem } from "../quorum.js";
import type { Service } from "../service.js";
import type { Telling } from "../trace/happening.js";
import type { ClientRules } from "./client.js";
import type { ReplicaConfig } from "./config.js";
import type { SavedState } from "./saved.js";

export type ProtocolName = "pbft" | "multipaxos" | "raft";

/** A protocol's own words for what the others call otherwise, in the singular and small letters. */
export interface ProtocolWords {
  /** `view`, `ballot` or `term`. */
  readonly view: string;
  /** `primary` or `leader`. */
  readonly primary: string;
  /** `backup`, `acceptor` or `follower`. */
  readonly backup: string;
  /** `view change`, or how another leader comes about. */
  readonly viewChange: string;
  /** `sequence number`, `instance` or `index`. */
  readonly seq: string;
  /** `null request` or `no-op`: what is ordered where nobody asked for anything. */
  readonly noOp: string;
  /** `checkpoint` or `snapshot`, and what one says of it when it takes the place of the log before: `is stable`, `is taken`. */
  readonly checkpoint: string;
  readonly checkpointDone: string;
  /** What a slot goes through, as a person reads it from left to right: three steps before it is executed, or two. */
  readonly phases: readonly PhaseWords[];
}

/** One phase of a slot: which votes of `SlotStatus` it shows, and what it is called. */
export interface PhaseWords {
  readonly name: string;
  readonly shows: "prePrepared" | "prepares" | "commits";
}

/** One protocol as the rest of the project sees it: the network, the disk, the simulator and the command line know no more of it. */
export interface Protocol<M extends MessageBase = MessageBase> {
  readonly name: ProtocolName;
  /** As it is written: `PBFT`, `Multi-Paxos`, `Raft`. */
  readonly title: string;
  readonly words: ProtocolWords;
  /** Replicas may lie, not only stop: what it is built for. */
  readonly toleratesLies: boolean;
  readonly codec: Codec<M>;
  /** The digest of what is ordered where nobody asked for anything: null request, no-op. */
  nullDigest(ports: Pick<Ports, "hash">): Digest;
  /** The fewest replicas that survive `faults` faulty ones: 3f+1 or 2f+1. */
  replicasFor(faults: number): number;
  /** @throws RangeError unless the replicas are enough for `faults`. */
  quorums(replicas: number, faults: number): QuorumSystem;
  /** @throws RangeError when it does not have that way to read. */
  clientRules(system: QuorumSystem, reads: "ordered" | "fast"): ClientRules;
  /** @throws RangeError on a bad configuration, RecoveryError on what can not be read back */
  replica(config: ReplicaConfig, ports: Ports, service: Service, saved: SavedState): Machine<M>;
  /** What its replicas' inputs and effects tell a trace. */
  readonly telling: Telling<M>;
}
