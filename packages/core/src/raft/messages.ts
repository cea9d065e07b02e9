import type { Digest, SeqNum, View } from "../ids.js";
import type { SignedOf } from "../machine.js";
import type { ClientMessage } from "../replication/messages.js";

/** A term is what a view is elsewhere: an integer >= 0 that only grows (§5.1). */
export type Term = View;

/** A place in the log, from 1 (§5.3). */
export type Index = SeqNum;

/** RequestVote RPC (§5.2, figure 2): a candidate asks for votes. */
export interface RequestVote {
  readonly kind: "request-vote";
  readonly term: Term;
  /** The end of the candidate's log (§5.4.1). */
  readonly lastLogIndex: Index;
  readonly lastLogTerm: Term;
}

/** The answer to RequestVote. */
export interface Vote {
  readonly kind: "vote";
  readonly term: Term;
  readonly granted: boolean;
}

/** An entry as it travels: the term in which a leader made it, and the value's digest and bytes. */
export interface WireEntry {
  readonly term: Term;
  readonly digest: Digest;
  readonly value: Uint8Array;
}

/** AppendEntries RPC (§5.3, figure 2); without entries it is a heartbeat. */
export interface AppendEntries {
  readonly kind: "append-entries";
  readonly term: Term;
  readonly prevLogIndex: Index;
  readonly prevLogTerm: Term;
  readonly entries: readonly WireEntry[];
  readonly leaderCommit: Index;
}

/**
 * The answer to AppendEntries. `index`: when `success`, up to where the follower's log is as the leader's; otherwise where the leader
 * should go on. We differ: the answer names both, and the digest of the value at `index`, because messages may be lost or overtake one
 * another, so that an answer must make sense by itself, and so that whoever reads a trace sees what was acknowledged.
 */
export interface Appended {
  readonly kind: "appended";
  readonly term: Term;
  readonly success: boolean;
  readonly index: Index;
  /** Null where the value is no longer in the log, or there is none. */
  readonly digest: Digest | null;
  /** False when the replica has lost its disk: it goes along, and must not be counted. */
  readonly counts: boolean;
}

/** InstallSnapshot RPC (§7, figure 13). We differ: pieces are leaves of the state tree, counted, not bytes of a file. */
export interface InstallSnapshot {
  readonly kind: "install-snapshot";
  readonly term: Term;
  readonly lastIncludedIndex: Index;
  readonly lastIncludedTerm: Term;
  /** Of the whole state. */
  readonly stateDigest: Digest;
  readonly piece: number;
  readonly pieces: number;
  readonly leaves: readonly Uint8Array[];
}

/** The answer to InstallSnapshot: which piece is wanted next; `pieces` when all are here. */
export interface SnapshotReceived {
  readonly kind: "snapshot-received";
  readonly term: Term;
  readonly lastIncludedIndex: Index;
  readonly next: number;
}

export type RaftMessage = ClientMessage | RequestVote | Vote | AppendEntries | Appended | InstallSnapshot | SnapshotReceived;

export type RaftSigned = SignedOf<RaftMessage>;
