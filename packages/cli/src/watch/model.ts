import type { SlotStatus } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import type { ClusterConfig, ReplicaStatus } from "@bft/replica";
import { trustsLeader } from "../view/protocol-words.js";
import { emptyFeed, type Feed } from "./feed.js";
import { nothingPast, type Past } from "./past.js";

/** What does not change while a cluster runs. */
export interface ClusterFacts {
  readonly dir: string;
  readonly clusterId: string;
  readonly protocol: string;
  readonly service: string;
  readonly faults: number;
  readonly quorum: number;
  readonly addresses: readonly string[];
  /** `none`: nothing is signed, and nobody knows who says what. */
  readonly auth: ClusterConfig["auth"];
  readonly crypto: ClusterConfig["crypto"];
}

/** What the operating system says about a replica's process; unknown until it was asked for the first time. */
export type ProcessState = "unknown" | "running" | "paused" | "down";

/** One replica as seen from outside: its process, and what it last said of itself. */
export interface Observation {
  readonly id: number;
  readonly process: ProcessState;
  readonly pid: number | null;
  /** What it last said; null when it is down, or has not said anything yet. */
  readonly status: ReplicaStatus | null;
  /** When it last said something, by this machine's clock; null when it has not. */
  readonly heardAtMs: number | null;
  /** Whether it says something now. A paused process keeps its sockets but is silent. */
  readonly answers: boolean;
  readonly messagesPerSecond: number | null;
  readonly operationsPerSecond: number | null;
  /** The counters of the last seconds, oldest first: rates come from them. */
  readonly samples: readonly Sample[];
  /** The slots of this process that are remembered, in order of sequence number. */
  readonly slots: readonly SlotStatus[];
}

export interface Sample {
  readonly atMs: number;
  readonly messages: number;
  readonly operations: number;
}

/** All that is known of a running cluster at one moment. */
export interface ClusterModel {
  readonly facts: ClusterFacts;
  readonly replicas: readonly Observation[];
  readonly feed: Feed;
  readonly nowMs: number;
  /** Since when requests wait while nothing executes, or null. */
  readonly waitingSinceMs: number | null;
  /** Since when somebody wants another view, or null. */
  readonly changingSinceMs: number | null;
  readonly past: Past;
  /** The highest sequence number executed anywhere, to see progress. */
  readonly executedTo: number;
}

export function factsOf(dir: string, config: ClusterConfig): ClusterFacts {
  return {
    dir,
    clusterId: config.clusterId,
    protocol: config.protocol,
    service: config.service,
    faults: config.faults,
    quorum: protocolNamed(config.protocol).quorums(config.replicas.length, config.faults).quorum,
    addresses: config.replicas.map((replica) => `${replica.host}:${replica.port}`),
    auth: config.auth,
    crypto: config.crypto,
  };
}

/** A replica that has said nothing yet. */
export function unseen(id: number, process: ProcessState, pid: number | null): Observation {
  return {
    id,
    process,
    pid,
    status: null,
    heardAtMs: null,
    answers: false,
    messagesPerSecond: null,
    operationsPerSecond: null,
    samples: [],
    slots: [],
  };
}

export function newModel(facts: ClusterFacts, nowMs: number): ClusterModel {
  return {
    facts,
    replicas: facts.addresses.map((_, id) => unseen(id, "unknown", null)),
    feed: emptyFeed,
    nowMs,
    waitingSinceMs: null,
    changingSinceMs: null,
    past: nothingPast,
    executedTo: 0,
  };
}

/** Runs, answers, and tells no lies as far as it says. */
export function isHonest(replica: Observation): boolean {
  return replica.answers && replica.status?.behaviour === null;
}

/** Takes part in agreement: honest, and with its memory of what it voted for. */
export function votes(replica: Observation): boolean {
  return isHonest(replica) && !replica.status?.machine.abstaining;
}

export function isLying(replica: Observation): boolean {
  return replica.answers && replica.status !== null && replica.status.behaviour !== null;
}

/** It lost its disk in a protocol that knows no way back from that: it follows, and its vote is gone for good. */
export function hasLostVote({ status }: Observation): boolean {
  return status !== null && status.machine.abstaining !== null && trustsLeader(status.protocol);
}
