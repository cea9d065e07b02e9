import type { SeqNum } from "../ids.js";
import { replicaPrincipal } from "../ids.js";
import { invariant } from "../invariant.js";
import type { Signed } from "../machine.js";
import { primaryOf } from "../quorum.js";
import { decodeNode, type Snapshot } from "../store/merkle-store.js";
import { triePut } from "../store/trie.js";
import { readBatch } from "./batch.js";
import { signedBy } from "./certificates.js";
import { adoptStable, takeCheckpoint } from "./checkpoint.js";
import { executeBatch } from "./execution.js";
import { keepBatch, type Slot } from "./log.js";
import type { Checkpoint, Claimed, Commit, PbftMessage, PrePrepare, Prepare } from "./messages.js";
import { planNewView, trustedPrePrepares } from "./new-view.js";
import { type Record, readRecord } from "./records.js";
import { installState } from "./state-transfer.js";
import type { ReplicaState, StableCheckpoint } from "./state.js";
import { installNewView } from "./view-change.js";

/** The log of a replica can not be read back: it must not go on from a guess. */
export class RecoveryError extends Error {
  override readonly name = "RecoveryError";
}

/**
 * Rebuilds the state from what the replica wrote down, in order. Its own votes are signed again, with the same bytes as
 * before (Ed25519 is deterministic), so that it says nothing new. What it wrote itself it trusts: the file's checksums are
 * the host's business.
 * @throws RecoveryError when a record is not one of ours.
 */
export function recover(r: ReplicaState, records: Iterable<Uint8Array>): void {
  let fetched: Snapshot = null;
  let count = 0;
  for (const bytes of records) {
    const record = readRecord(bytes);
    if (record === null) throw new RecoveryError(`record ${count} of the log can not be read`);
    if (record.kind === "leaves") fetched = withLeaves(fetched, record.leaves);
    else if (record.kind === "installed") {
      installState(r, fetched, checkpointOf(record.checkpoints));
      fetched = null;
    } else apply(r, record);
    count += 1;
  }
  r.lastAssigned = Math.max(r.lastAssigned, r.lastExecuted, ...r.log.slots().map((slot) => (slot.prePrepare ? slot.seq : 0))) as SeqNum;
  r.effects = [];
}

function apply(r: ReplicaState, record: Exclude<Record, { kind: "leaves" | "installed" }>): void {
  switch (record.kind) {
    case "accepted":
      return acceptAgain(r, record.prePrepare, record.batch);
    case "prepared":
      return prepareAgain(r, record.prePrepare, record.prepares);
    case "executed":
      return executeAgain(r, record);
    case "stable": {
      const checkpoint = checkpointOf(record.checkpoints);
      if (checkpoint.seq > r.stable.seq) adoptStable(r, checkpoint);
      return;
    }
    case "view-change":
      r.view = record.viewChange.message.newView;
      r.inView = false;
      r.newView = null;
      r.failedViews += 1;
      r.log.clearVotes();
      r.viewChanges.clear();
      r.viewChanges.set(r.self, signedBy(record.viewChange, replicaPrincipal(r.self)));
      return;
    case "new-view": {
      const { message } = record.newView;
      const primary = primaryOf(message.view, r.config.system);
      const plan = planNewView(
        message.viewChanges.map((claim) => claim.message),
        r.nullBatch.digest,
      );
      installNewView(r, signedBy(record.newView, replicaPrincipal(primary)), plan.maxSeq, trustedPrePrepares(message, primary));
    }
  }
}

function acceptAgain(r: ReplicaState, claim: Claimed<PrePrepare>, bytes: Uint8Array): void {
  const slot = slotFor(r, claim);
  if (slot === null) return;
  const batch = readBatch(bytes, claim.message.digest);
  if (batch === null) throw new RecoveryError(`the batch of sequence number ${slot.seq} in the log can not be read`);
  const { view, seq, digest } = claim.message;
  slot.prePrepare = signedBy(claim, replicaPrincipal(primaryOf(view, r.config.system)));
  slot.voted = true;
  keepBatch(slot, batch);
  if (primaryOf(view, r.config.system) !== r.self) slot.prepares.set(r.self, r.sign<Prepare>({ kind: "prepare", view, seq, digest }));
}

function prepareAgain(r: ReplicaState, claim: Claimed<PrePrepare>, prepares: readonly Claimed<Prepare>[]): void {
  const slot = slotFor(r, claim);
  if (slot === null) return;
  const { view, seq, digest } = claim.message;
  const prePrepare = signedBy(claim, replicaPrincipal(primaryOf(view, r.config.system)));
  slot.prepared = true;
  slot.certificate = { prePrepare, prepares: prepares.map(byReplica) };
  slot.commits.set(r.self, r.sign<Commit>({ kind: "commit", view, seq, digest }));
}

/** The slot of a record, unless it belongs to an earlier view or lies below the stable checkpoint. */
function slotFor(r: ReplicaState, { message }: Claimed<PrePrepare>): Slot | null {
  return message.view === r.view ? r.log.slot(message.seq) : null;
}

function executeAgain(r: ReplicaState, record: Extract<Record, { kind: "executed" }>): void {
  const { seq, view, commits } = record;
  if (seq <= r.lastExecuted) return;
  invariant(seq === r.lastExecuted + 1, "a replica writes down what it executes without gaps");
  const batch = readBatch(record.batch, r.ports.hash(record.batch));
  if (batch === null) throw new RecoveryError(`the batch of sequence number ${seq} in the log can not be read`);
  const slot = r.log.slot(seq);
  if (slot !== null) slot.committed = { batch, view, commits: commits.map(byReplica) };
  executeBatch(r, seq, batch);
  takeCheckpoint(r);
}

function byReplica<M extends PbftMessage>(claim: Claimed<M>): Signed<M> {
  return signedBy(claim, replicaPrincipal(claim.signerId as Signed["signer"]["id"] & Parameters<typeof replicaPrincipal>[0]));
}

function checkpointOf(claims: readonly Claimed<Checkpoint>[]): StableCheckpoint {
  const first = claims[0];
  if (first === undefined) throw new RecoveryError("a stable checkpoint in the log has no certificate");
  return { seq: first.message.seq, stateDigest: first.message.stateDigest, certificate: claims.map(byReplica) };
}

function withLeaves(root: Snapshot, leaves: readonly Uint8Array[]): Snapshot {
  let result = root;
  for (const bytes of leaves) {
    const node = decodeNode(bytes);
    if (!node.ok || node.message.kind !== "leaf") throw new RecoveryError("a fetched state in the log can not be read");
    for (const [key, value] of node.message.entries) result = triePut(result, key, value);
  }
  return result;
}
