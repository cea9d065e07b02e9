import type { Digest, ReplicaId, SeqNum, View } from "../ids.js";
import type { Signed, SignedOf } from "../machine.js";
import type { Claimed, ClientMessage } from "../replication/messages.js";

export { type Claimed, claimOf, type Reply, type Request } from "../replication/messages.js";

/** <PRE-PREPARE, v, n, d>: the primary proposes the batch with digest d for n. The batch travels as attachment (§4.2). */
export interface PrePrepare {
  readonly kind: "pre-prepare";
  readonly view: View;
  readonly seq: SeqNum;
  readonly digest: Digest;
}

/** <PREPARE, v, n, d, i>: backup i accepted the matching pre-prepare (§4.2). */
export interface Prepare {
  readonly kind: "prepare";
  readonly view: View;
  readonly seq: SeqNum;
  readonly digest: Digest;
}

/** <COMMIT, v, n, D(m), i>: replica i holds a prepared certificate (§4.2). */
export interface Commit {
  readonly kind: "commit";
  readonly view: View;
  readonly seq: SeqNum;
  readonly digest: Digest;
}

/** <CHECKPOINT, n, d, i>: the state after executing n has digest d (§4.3). */
export interface Checkpoint {
  readonly kind: "checkpoint";
  readonly seq: SeqNum;
  readonly stateDigest: Digest;
}

/** <VIEW-CHANGE, v+1, n, C, P, i> (§4.4). What is inside is claimed, not yet checked. */
export interface ViewChange {
  readonly kind: "view-change";
  readonly newView: View;
  /** n: the last stable checkpoint that i knows, 0 for the initial state. */
  readonly stableSeq: SeqNum;
  /** C: a quorum of checkpoints for `stableSeq`; empty when it is 0. */
  readonly checkpoints: readonly Claimed<Checkpoint>[];
  /** P: what prepared at i above `stableSeq`, in order of sequence number, each once. */
  readonly prepared: readonly ClaimedCertificate[];
}

/** <NEW-VIEW, v+1, V, O> (§4.4). */
export interface NewView {
  readonly kind: "new-view";
  readonly view: View;
  readonly viewChanges: readonly Claimed<ViewChange>[];
  readonly prePrepares: readonly Claimed<PrePrepare>[];
}

/** Where a replica stands; the others answer with what it lacks (receiver-driven retransmission, TOCS '02 §5.2). */
export interface Status {
  readonly kind: "status";
  readonly view: View;
  /** False while a view change to `view` is on. */
  readonly inView: boolean;
  readonly lastExecuted: SeqNum;
  readonly stableSeq: SeqNum;
  /** The checkpoint from which the replica will vote again; 0 when it votes (abstention.ts). */
  readonly abstainsUntil: SeqNum;
}

/** Asks for the batch with this digest, proposed for `seq`. */
export interface FetchBatch {
  readonly kind: "fetch-batch";
  readonly seq: SeqNum;
  readonly digest: Digest;
}

/** Answers `fetch-batch`; the attachment is the batch and proves itself by its digest. */
export interface BatchMessage {
  readonly kind: "batch";
  readonly seq: SeqNum;
  readonly digest: Digest;
}

/** Proof that a batch committed: a quorum of commits of one view. The batch is the attachment. Holds in every view. */
export interface Committed {
  readonly kind: "committed";
  readonly seq: SeqNum;
  readonly commits: readonly Claimed<Commit>[];
}

/** A stable checkpoint with its proof: a quorum of checkpoints (§4.3). */
export interface StableCheckpointMessage {
  readonly kind: "stable-checkpoint";
  readonly checkpoints: readonly Claimed<Checkpoint>[];
}

/** Asks for nodes of the state as of checkpoint `seq`; a path names a node from the root down. */
export interface FetchState {
  readonly kind: "fetch-state";
  readonly seq: SeqNum;
  readonly paths: readonly string[];
}

/** Answers `fetch-state`: each node's encoding, which proves itself by the digest that its parent holds. */
export interface StateNodes {
  readonly kind: "state-nodes";
  readonly seq: SeqNum;
  readonly nodes: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

export type PbftMessage =
  | ClientMessage
  | PrePrepare
  | Prepare
  | Commit
  | Checkpoint
  | ViewChange
  | NewView
  | Status
  | FetchBatch
  | BatchMessage
  | Committed
  | StableCheckpointMessage
  | FetchState
  | StateNodes;

export type PbftSigned = SignedOf<PbftMessage>;

/** A pre-prepare and the matching prepares, claimed. */
export interface ClaimedCertificate {
  readonly prePrepare: Claimed<PrePrepare>;
  readonly prepares: readonly Claimed<Prepare>[];
}

/** Predicate `prepared` as transferable proof: the pre-prepare and matching prepares of distinct backups, a quorum together (§4.2). */
export interface PreparedCertificate {
  readonly prePrepare: Signed<PrePrepare>;
  readonly prepares: readonly Signed<Prepare>[];
}

export type Vote = PrePrepare | Prepare | Commit;

/** Signer of a message that only replicas send. */
export function replicaOf(signed: Signed): ReplicaId {
  return signed.signer.id as ReplicaId;
}
