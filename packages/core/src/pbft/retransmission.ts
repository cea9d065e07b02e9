import type { Digest, ReplicaId, SeqNum } from "../ids.js";
import type { Signed } from "../machine.js";
import { grantNulls, hearStatus } from "./abstention.js";
import { readBatch } from "./batch.js";
import { checkCommits } from "./certificates.js";
import type { DropReason } from "./drop-reason.js";
import { batchOf, keepBatch, type Slot } from "./log.js";
import {
  type BatchMessage,
  type Commit,
  type Committed,
  claimOf,
  type FetchBatch,
  type StableCheckpointMessage,
  type Status,
} from "./messages.js";
import { acceptableBatch, matching, readableBatch } from "./normal-case.js";
import { relayToPrimary } from "./request.js";
import type { ReplicaState } from "./state.js";

export const STATUS_TIMER = "status";

/** Slots and bytes that one status is answered with at the most. */
const ANSWER_SLOTS_MAX = 32;
const ANSWER_BYTES_MAX = 1 << 20;

/**
 * Receiver-driven retransmission (TOCS '02 §5.2): every replica says now and then where it stands, and the others send what
 * it lacks. So no message needs luck, and nobody keeps what a silent peer may never fetch.
 */
export function onStatusTimer(r: ReplicaState): void {
  r.emit({ kind: "start-timer", timer: STATUS_TIMER, delayMs: r.config.statusIntervalMs });
  r.statusAnswered.clear();
  r.spent.clear();
  r.broadcast(
    r.sign<Status>({
      kind: "status",
      view: r.view,
      inView: r.inView,
      lastExecuted: r.lastExecuted,
      stableSeq: r.stable.seq,
      abstainsUntil: r.abstention?.until ?? (0 as SeqNum),
    }),
  );
  fetchMissingBatches(r);
  relayOldest(r);
  r.oldWork =
    r.log
      .slots()
      .filter((slot) => slot.prePrepare !== null || slot.committed !== null)
      .at(-1)?.seq ?? r.log.low;
}

/** What has waited longest may have been lost, or refused by a primary that was busy: once more. */
function relayOldest(r: ReplicaState): void {
  const oldest = r.pool.oldest();
  const request = oldest === null ? null : r.pool.get(oldest);
  if (request !== null) relayToPrimary(r, request);
}

/** Asks for batches that a new-view named by digest only (§4.4: "a replica may be missing some request message m"). */
export function fetchMissingBatches(r: ReplicaState): void {
  for (const slot of r.log.slots()) {
    if (slot.prePrepare === null || slot.unproven !== null) continue;
    const { seq, digest } = slot.prePrepare.message;
    if (batchOf(slot, digest) !== undefined) continue;
    r.broadcast(r.sign<FetchBatch>({ kind: "fetch-batch", seq, digest }));
  }
}

/**
 * A quorum has committed another batch than the one that this replica was shown: its primary lied to it. It has the proof and lacks only
 * the batch, so it asks whose vote came last at once; should that one not answer, the next status brings both.
 */
export function fetchCommittedElsewhere(r: ReplicaState, from: ReplicaId, { seq, digest }: Commit): void {
  const slot = r.log.peek(seq);
  if (slot === null || slot.commits.get(from)?.message.digest !== digest || !committedElsewhere(r, slot, digest)) return;
  r.send(from, r.sign<FetchBatch>({ kind: "fetch-batch", seq, digest }));
}

function committedElsewhere(r: ReplicaState, slot: Slot, digest: Digest): boolean {
  const shown = slot.prePrepare?.message.digest ?? digest;
  return slot.committed === null && shown !== digest && matching(slot.commits, digest).length >= r.config.system.quorum;
}

/** Sends a replica what it lacks, at most once a status interval each. */
export function onStatus(r: ReplicaState, from: ReplicaId, signed: Signed<Status>): void {
  hearStatus(r, from, signed.message);
  grantNulls(r, from, signed.message);
  if (r.statusAnswered.has(from)) return r.drop(signed.signer, "status", "status-answered-already");
  r.statusAnswered.add(from);
  const status = signed.message;
  if (status.stableSeq < r.stable.seq)
    r.send(from, r.sign<StableCheckpointMessage>({ kind: "stable-checkpoint", checkpoints: r.stable.certificate.map(claimOf) }));
  for (const [seq, votes] of r.checkpointVotes) {
    const own = votes.get(r.self);
    if (own !== undefined && seq > status.stableSeq) r.send(from, own);
  }
  sendView(r, from, status);
  let bytes = 0;
  for (const slot of r.log.slots()) {
    // What is newer than one interval is still on its way; only older work is sent again.
    if (slot.seq <= status.lastExecuted || slot.seq > r.oldWork) continue;
    if (slot.seq > status.lastExecuted + ANSWER_SLOTS_MAX || bytes > ANSWER_BYTES_MAX) return;
    bytes += slot.committed === null ? sendVotes(r, from, slot, status) : sendProof(r, from, slot, slot.committed);
  }
}

/** The new-view of a later view, or our view-change for the view that both wait for. */
function sendView(r: ReplicaState, from: ReplicaId, status: Status): void {
  if (status.view > r.view || (status.view === r.view && status.inView)) return;
  if (r.inView && r.newView !== null) return r.send(from, r.newView);
  const own = r.viewChanges.get(r.self);
  if (!r.inView && own !== undefined) r.send(from, own);
}

/** Own votes on a slot, and as primary the pre-prepare with its batch. Returns the bytes sent. */
function sendVotes(r: ReplicaState, from: ReplicaId, slot: Slot, status: Status): number {
  if (!r.inView || status.view !== r.view || slot.prePrepare === null) return 0;
  let bytes = 0;
  const batch = batchOf(slot, slot.prePrepare.message.digest);
  if (r.isPrimary && batch !== undefined) {
    r.send(from, { ...slot.prePrepare, attachment: batch.bytes });
    bytes += batch.bytes.length;
  }
  const prepare = slot.prepares.get(r.self);
  const commit = slot.commits.get(r.self);
  if (prepare !== undefined) r.send(from, prepare);
  if (commit !== undefined) r.send(from, commit);
  return bytes;
}

/** A committed batch with its proof: one correct replica is enough to bring another up to date, in whatever view. */
function sendProof(r: ReplicaState, from: ReplicaId, slot: Slot, { batch, commits }: NonNullable<Slot["committed"]>): number {
  const proof: Committed = { kind: "committed", seq: slot.seq, commits: commits.map(claimOf) };
  r.send(from, r.sign(proof, batch.bytes));
  return batch.bytes.length;
}

export function onFetchBatch(r: ReplicaState, from: ReplicaId, { message: { seq, digest } }: Signed<FetchBatch>): void {
  const slot = r.log.peek(seq);
  const batch = slot === null ? undefined : batchOf(slot, digest);
  if (batch !== undefined) r.send(from, r.sign<BatchMessage>({ kind: "batch", seq, digest }, batch.bytes));
}

export function reasonToDropBatch(r: ReplicaState, { seq, digest }: BatchMessage): DropReason | null {
  const slot = r.log.peek(seq);
  if (slot !== null && committedElsewhere(r, slot, digest)) return null;
  if (slot === null || slot.prePrepare?.message.digest !== digest || slot.unproven !== null) return "not-asked-for";
  return batchOf(slot, digest) === undefined ? null : "not-asked-for";
}

export function onBatch(r: ReplicaState, { signer, message, attachment }: Signed<BatchMessage>): void {
  const { seq, digest } = message;
  const slot = r.log.peek(seq);
  if (slot === null) return;
  // Correct replicas among the quorum have checked whose requests these are.
  const committed = committedElsewhere(r, slot, digest);
  const batch = committed ? readableBatch(r, digest, attachment) : acceptableBatch(r, digest, attachment, seq);
  if (typeof batch === "string") return r.drop(signer, "batch", batch);
  if (committed) {
    const commits = matching(slot.commits, digest);
    slot.committed = { batch, view: r.view, commits };
    return;
  }
  keepBatch(slot, batch);
  r.touched.add(slot);
}

export function reasonToDropCommitted(r: ReplicaState, { seq }: Committed): DropReason | null {
  if (seq <= r.lastExecuted || (r.log.peek(seq)?.committed ?? null) !== null) return "already-committed";
  return seq > r.log.high ? "above-window" : null;
}

/** A proof that a batch committed in some view: good for execution in this one too, for what committed never changes. */
export function onCommitted(r: ReplicaState, { signer, message, attachment }: Signed<Committed>): void {
  const { seq, commits } = message;
  const slot = r.log.slot(seq);
  if (slot === null) return;
  if (attachment === null) return r.drop(signer, "committed", "batch-missing");
  const digest = r.ports.hash(attachment);
  const proof = checkCommits(commits, seq, digest, { system: r.config.system, ports: r.ports });
  if (proof === null) return r.drop(signer, "committed", "committed-bad-certificate");
  const batch = readBatch(attachment, digest);
  if (batch === null) return r.drop(signer, "committed", "batch-malformed");
  slot.committed = { batch, view: proof.view, commits: proof.commits };
}
