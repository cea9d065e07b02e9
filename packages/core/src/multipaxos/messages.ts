import type { Digest, SeqNum, View } from "../ids.js";
import type { SignedOf } from "../machine.js";
import type { ClientMessage } from "../replication/messages.js";

export type { Reply, Request } from "../replication/messages.js";

/**
 * The number of a proposal (§2.2), an integer >= 0: "different proposals have different numbers", for ballot b belongs to replica
 * b mod n and nobody else proposes in it.
 */
export type Ballot = View;

/**
 * The prepare request (§2.2, phase 1a), for every instance from `from` on at once (§3). Asked again with a higher `from` when a promise
 * did not fit into one message.
 */
export interface Prepare {
  readonly kind: "prepare";
  readonly ballot: Ballot;
  readonly from: SeqNum;
}

/** What an acceptor has accepted in one instance: the proposal with the highest number, or what it knows to be chosen. */
export interface AcceptedProposal {
  readonly seq: SeqNum;
  readonly ballot: Ballot;
  readonly digest: Digest;
  /** The value as it travels (crash/value.ts). */
  readonly bytes: Uint8Array;
}

/**
 * The response to a prepare request (§2.2, phase 1b): "a promise not to accept any more proposals numbered less than n and the
 * highest-numbered proposal (if any) that it has accepted", for each instance from `from` on.
 */
export interface Promised {
  readonly kind: "promise";
  readonly ballot: Ballot;
  /** As the prepare said. */
  readonly from: SeqNum;
  /** Instances up to here are chosen and no longer kept: nothing is said of them. */
  readonly low: SeqNum;
  /** How far this acceptor has executed. */
  readonly executed: SeqNum;
  /** In order of instance. */
  readonly accepted: readonly AcceptedProposal[];
  /** False when there is more behind the last of `accepted`. */
  readonly complete: boolean;
}

/**
 * A prepare, accept or heartbeat of `ballot` was not taken: a higher ballot is promised (§2.5), or, when `promised` is no higher, the
 * instance is long executed here.
 */
export interface Refused {
  readonly kind: "refused";
  readonly ballot: Ballot;
  readonly promised: Ballot;
  readonly executed: SeqNum;
}

/** The accept request (§2.2, phase 2a). The value is the attachment, bound by its digest. */
export interface Accept {
  readonly kind: "accept";
  readonly ballot: Ballot;
  readonly seq: SeqNum;
  readonly digest: Digest;
  /** Every instance up to this one is chosen. */
  readonly chosen: SeqNum;
}

/** The acceptor has accepted that proposal (§2.2, phase 2b); told to the leader, the distinguished learner (§2.3). */
export interface Accepted {
  readonly kind: "accepted";
  readonly ballot: Ballot;
  readonly seq: SeqNum;
  readonly digest: Digest;
}

/** The leader is there, and every instance up to `chosen` is chosen. */
export interface Heartbeat {
  readonly kind: "heartbeat";
  readonly ballot: Ballot;
  readonly chosen: SeqNum;
}

/** Asks another learner for what is chosen from `from` on. */
export interface Fetch {
  readonly kind: "fetch";
  readonly from: SeqNum;
}

/** The value that was chosen in an instance; it is the attachment. `ballot`: in which the sender knows it chosen. */
export interface Chosen {
  readonly kind: "chosen";
  readonly seq: SeqNum;
  readonly ballot: Ballot;
  readonly digest: Digest;
  /** The answer to `fetch` ends with it. */
  readonly last: boolean;
}

/** Asks for one part of the snapshot at `seq`. */
export interface FetchSnapshot {
  readonly kind: "fetch-snapshot";
  readonly seq: SeqNum;
  readonly part: number;
}

/** One part of the state after `seq`, 0 first: leaves of its tree from left to right (store/leaves.ts). */
export interface SnapshotPart {
  readonly kind: "snapshot";
  readonly seq: SeqNum;
  readonly stateDigest: Digest;
  readonly part: number;
  readonly last: boolean;
  readonly leaves: readonly Uint8Array[];
}

export type PaxosMessage =
  | ClientMessage
  | Prepare
  | Promised
  | Refused
  | Accept
  | Accepted
  | Heartbeat
  | Fetch
  | Chosen
  | FetchSnapshot
  | SnapshotPart;

export type PaxosSigned = SignedOf<PaxosMessage>;
