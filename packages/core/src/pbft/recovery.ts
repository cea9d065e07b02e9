import type { ReplicaId, SeqNum } from "../ids.js";
import { replicaPrincipal } from "../ids.js";
import type { Signed } from "../machine.js";
import { primaryOf } from "../quorum.js";
import { RecoveryError, type SavedState } from "../replication/saved.js";
import { withLeaves } from "../store/leaves.js";
import { rootDigest } from "../store/merkle.js";
import type { Snapshot } from "../store/trie.js";
import { abstain, startAbstaining } from "./abstention.js";
import { readBatch } from "./batch.js";
import { signedBy } from "./certificates.js";
import { adoptStable, digestCheckpoints, takeCheckpoint } from "./checkpoint.js";
import { executeBatch } from "./execution.js";
import { keepBatch } from "./log.js";
import type { Checkpoint, Claimed, Commit, PbftMessage, PrePrepare, Prepare } from "./messages.js";
import { planNewView, trustedPrePrepares } from "./new-view.js";
import { type Record, readRecord } from "./records.js";
import type { ReplicaState, StableCheckpoint } from "./state.js";
import { installState } from "./state-transfer.js";
import { installNewView } from "./view-change.js";

/**
 * Rebuilds the state from what the replica wrote down, in order. Its own votes are signed again, with the same bytes as
 * before (Ed25519 is deterministic), so that it says nothing new. What it wrote itself it trusts: the file's checksums are
 * the host's business.
 * @throws RecoveryError when a record is not one of ours.
 */
export function recover(r: ReplicaState, saved: SavedState): void {
  let fetched: Fetched = { seq: 0 as SeqNum, root: null };
  let count = 0;
  if (saved.state !== null) startFrom(r, saved.state);
  for (const bytes of saved.records) {
    const record = readRecord(bytes);
    if (record === null) throw new RecoveryError(`record ${count} of the log can not be read`);
    if (record.kind === "leaves") fetched = fetchedWith(fetched, record.seq, record.leaves);
    else if (record.kind === "installed") installAgain(r, fetched, checkpointOf(record.checkpoints));
    else apply(r, record);
    count += 1;
  }
  r.lastAssigned = Math.max(
    r.lastAssigned,
    r.lastExecuted,
    ...r.log.slots().map((slot) => (slot.prePrepare ? slot.seq : 0)),
  ) as SeqNum;
  r.preparedBefore = Math.max(0, ...r.log.slots().map((slot) => (slot.certificate === null ? 0 : slot.seq))) as SeqNum;
  r.effects = [];
  r.stableIsNew = false;
  r.touched.clear();
  for (const slot of r.log.slots()) r.touched.add(slot);
  if (saved.lost) startAbstaining(r);
}

/** The state at a checkpoint; its certificate is in the first of the records that follow. */
function startFrom(r: ReplicaState, { seq, root }: NonNullable<SavedState["state"]>): void {
  r.state.restore(root);
  r.lastExecuted = seq;
  r.snapshots.set(seq, { digest: r.state.digest(r.ports.hash), root });
}

function apply(r: ReplicaState, record: Exclude<Record, { kind: "leaves" | "installed" }>): void {
  switch (record.kind) {
    case "amnesia":
      return abstain(r, record.until);
    case "batch": {
      const slot = r.log.slot(record.seq);
      const batch = readBatch(record.batch, r.ports.hash(record.batch));
      if (slot !== null && batch !== null) keepBatch(slot, batch);
      return;
    }
    case "trusted-again":
      r.abstention = null;
      return;
    case "accepted":
      return acceptAgain(r, record.prePrepare, record.batch);
    case "prepared":
      return prepareAgain(r, record.prePrepare, record.prepares);
    case "executed":
      return executeAgain(r, record);
    case "stable": {
      const checkpoint = checkpointOf(record.checkpoints);
      if (checkpoint.seq <= r.stable.seq) return;
      if (r.snapshots.get(checkpoint.seq)?.digest !== checkpoint.stateDigest)
        throw new RecoveryError(`the saved state at sequence number ${checkpoint.seq} is not the one that a quorum attested`);
      return adoptStable(r, checkpoint);
    }
    case "view-change":
      r.view = record.viewChange.message.newView;
      r.inView = false;
      r.newView = null;
      r.proposals = [];
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

/** A proposal of an earlier view left its batch only: a later new-view may still name it. */
function acceptAgain(r: ReplicaState, claim: Claimed<PrePrepare>, bytes: Uint8Array): void {
  const { view, seq, digest } = claim.message;
  const slot = r.log.slot(seq);
  if (slot === null) return;
  const batch = readBatch(bytes, digest);
  if (batch === null) throw new RecoveryError(`the batch of sequence number ${seq} in the log can not be read`);
  const primary = primaryOf(view, r.config.system);
  if (view === r.view && r.inView) {
    slot.prePrepare = signedBy(claim, replicaPrincipal(primary));
    slot.voted = true;
    if (primary !== r.self && r.abstention === null)
      slot.prepares.set(r.self, r.sign<Prepare>({ kind: "prepare", view, seq, digest }));
  }
  keepBatch(slot, batch);
}

function prepareAgain(r: ReplicaState, claim: Claimed<PrePrepare>, prepares: readonly Claimed<Prepare>[]): void {
  const { view, seq, digest } = claim.message;
  const slot = r.log.slot(seq);
  if (slot === null) return;
  const prePrepare = signedBy(claim, replicaPrincipal(primaryOf(view, r.config.system)));
  slot.certificate = { prePrepare, prepares: prepares.map(byReplica) };
  if (view !== r.view || !r.inView) return;
  slot.prepared = true;
  if (r.abstention === null) slot.commits.set(r.self, r.sign<Commit>({ kind: "commit", view, seq, digest }));
}

function executeAgain(r: ReplicaState, record: Extract<Record, { kind: "executed" }>): void {
  const { seq, view, commits } = record;
  if (seq <= r.lastExecuted) return;
  if (seq !== r.lastExecuted + 1)
    throw new RecoveryError(`the log has a hole: after sequence number ${r.lastExecuted} it goes on with ${seq}`);
  const batch = readBatch(record.batch, r.ports.hash(record.batch));
  if (batch === null) throw new RecoveryError(`the batch of sequence number ${seq} in the log can not be read`);
  const slot = r.log.slot(seq);
  if (slot !== null) slot.committed = { batch, view, commits: commits.map(byReplica) };
  executeBatch(r, seq, batch);
  if (view === r.view) r.failedViews = 0;
  takeCheckpoint(r);
  while (r.undigested.length > 0) digestCheckpoints(r, Number.POSITIVE_INFINITY);
}

function byReplica<M extends PbftMessage>(claim: Claimed<M>): Signed<M> {
  return signedBy(claim, replicaPrincipal(claim.signerId as ReplicaId));
}

function checkpointOf(claims: readonly Claimed<Checkpoint>[]): StableCheckpoint {
  const first = claims[0];
  if (first === undefined) throw new RecoveryError("a stable checkpoint in the log has no certificate");
  return { seq: first.message.seq, stateDigest: first.message.stateDigest, certificate: claims.map(byReplica) };
}

/** The leaves of a fetched state that have been read so far. */
interface Fetched {
  readonly seq: SeqNum;
  readonly root: Snapshot;
}

function installAgain(r: ReplicaState, { seq, root }: Fetched, target: StableCheckpoint): void {
  if (target.seq <= r.stable.seq) return;
  const state = seq === target.seq ? root : null;
  if (rootDigest(state, r.ports.hash) !== target.stateDigest)
    throw new RecoveryError(
      `the fetched state at sequence number ${target.seq} in the log is not the one that a quorum attested`,
    );
  installState(r, state, target);
}

/** Leaves of another state than the last ones begin anew: that one was never installed. */
function fetchedWith(fetched: Fetched, seq: SeqNum, leaves: readonly Uint8Array[]): Fetched {
  const grown = withLeaves(fetched.seq === seq ? fetched.root : null, leaves);
  if (grown === null) throw new RecoveryError("a fetched state in the log can not be read");
  return { seq, root: grown.root };
}
