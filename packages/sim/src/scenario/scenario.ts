import type { ProtocolName } from "@bft/core";

/**
 * A scenario: a story about a cluster in steps, as a teacher wrote it down (docs/scenarios.md). What the file says differently for
 * different protocols is resolved: each protocol has steps of its own.
 */
export interface Scenario {
  readonly name: string;
  /** What it shows. */
  readonly about: string;
  /** What a student should think about before it is played, or null. */
  readonly question: string | null;
  /** f: how many faulty replicas the cluster is built for. */
  readonly faults: number;
  /** Name of a service that comes with bft. */
  readonly service: string;
  /** One for each protocol on which it can be played, in the order of the file. */
  readonly plays: readonly Play[];
}

export interface Play {
  readonly protocol: ProtocolName;
  readonly steps: readonly Step[];
}

export type Step = {
  /** From 1, in the order of the file; the same for all protocols. */
  readonly number: number;
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  /** Why this step, in a sentence for the student, or null. */
  readonly say: string | null;
} & Action;

export type Action =
  | ({ readonly kind: "submit" } & Submission)
  /** Replicas get names for the rest of the story, each another one. */
  | { readonly kind: "cast"; readonly roles: readonly { readonly role: string; readonly replicas: Selector }[] }
  | { readonly kind: "kill"; readonly replicas: Selector }
  | { readonly kind: "restart"; readonly replicas: Selector }
  | { readonly kind: "honest"; readonly replicas: Selector }
  | { readonly kind: "lie"; readonly replicas: Selector; readonly behaviour: string }
  /** Whoever is in none of the groups is in one more. */
  | { readonly kind: "partition"; readonly groups: readonly Selector[] }
  | { readonly kind: "heal" }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "wait-until"; readonly claims: readonly Claim[]; readonly withinMs: number }
  | { readonly kind: "expect"; readonly claims: readonly (Claim | Judged)[] };

export interface Submission {
  /** One operation, or several that are one request. */
  readonly operations: readonly string[];
  /** What later steps call this request, or null. */
  readonly as: string | null;
  /**
   * `now`: it must be answered. `none`: it must not. `maybe`: it is waited for, and either will do. `later`: it is not waited for.
   */
  readonly answer: "now" | "none" | "maybe" | "later";
  /** The result of the last operation that the client must be told, or must not be; null is "no value". */
  readonly gives: { readonly kind: "any" } | { readonly kind: "value" | "not"; readonly value: string | null };
  readonly withinMs: number;
}

/** Which replicas are meant. Whom it names is found out when the step is carried out. */
export type Selector =
  | { readonly kind: "ids"; readonly ids: readonly number[] }
  | { readonly kind: "role"; readonly role: string }
  /** `count` of the set: the first ones by id, or the last ones; null: all of it. */
  | { readonly kind: "set"; readonly set: ReplicaSet; readonly count: number | null; readonly from: "first" | "last" }
  | { readonly kind: "several"; readonly of: readonly Selector[] };

/**
 * `primary`: of the moment, and `backups` all others that are up. `correct`: up and never lied. `liars`: lie now or did. `up`, `down`.
 */
export type ReplicaSet = "primary" | "backups" | "correct" | "liars" | "all" | "up" | "down";

/** How far a slot has come at a replica (§4.2); Multi-Paxos and Raft know the first, the third and the last. */
export type Phase = "pre-prepared" | "prepared" | "committed" | "executed";

/** Something that is so or is not, at this moment. `on`: at each of these replicas that is up. */
export type Claim =
  /** Requests by name. */
  | { readonly kind: "answered" | "unanswered"; readonly requests: readonly string[] }
  | { readonly kind: "executed" | "not-executed"; readonly upTo: string | number; readonly on: Selector }
  /** The slot of the last request: as a condition to wait for it is there or further, as an expectation exactly there. */
  | { readonly kind: "phase"; readonly phase: Phase | "nothing"; readonly on: Selector }
  /** More than half of `on` name the same primary, and that one is up; `changed`: another view than before the last fault. */
  | { readonly kind: "primary"; readonly is: "known" | "changed"; readonly on: Selector };

/** Something that the checkers decide on everything that happened until now. */
export type Judged =
  | { readonly kind: "property"; readonly property: Property; readonly is: "held" | "broken" }
  /** Correct replicas hold signed messages that contradict each other, of one of these. */
  | { readonly kind: "evidence"; readonly against: Selector };

/**
 * `agreement`: no two correct replicas executed different things at one sequence number. `validity`: only what clients asked for
 * was executed. `linearizability`: what the clients were told fits one order. `safety`: no checker found anything.
 */
export type Property = "agreement" | "validity" | "linearizability" | "safety";
