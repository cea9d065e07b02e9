import type { Digest, ReplicaId, SeqNum } from "../ids.js";
import { invariant } from "../invariant.js";
import type { Signed } from "../machine.js";
import { nullIsWanted } from "./abstention.js";
import { mayWait, requestsAreProven, takeVouched, wait } from "./authenticity.js";
import { type Batch, makeBatch, operationCount, readBatch } from "./batch.js";
import type { DropReason } from "./drop-reason.js";
import { batchOf, keepBatch, type Slot } from "./log.js";
import { type Commit, claimOf, type PrePrepare, type Prepare, type Vote } from "./messages.js";
import { acceptedRecord, preparedRecord } from "./records.js";
import type { ReplicaState } from "./state.js";

/** What can be said of a vote before its signature is checked: who, which view, which window, what for (§4.2). */
export function reasonToDropVote(r: ReplicaState, from: ReplicaId, vote: Vote): DropReason | null {
  if (vote.view < r.view) return "view-old";
  if (vote.view > r.view) return "view-ahead";
  if (vote.seq <= r.log.low) return "below-window";
  if (vote.seq > r.log.high) return "above-window";
  if (vote.kind === "pre-prepare") {
    if (from !== r.primary) return "pre-prepare-not-from-primary";
    if (!r.inView) return "view-change-in-progress";
  }
  if (vote.kind === "prepare" && from === r.primary) return "prepare-from-primary";
  const slot = r.log.peek(vote.seq);
  return slot === null ? null : reasonToDropLateVote(slot, from, vote);
}

/** A vote that repeats or can no longer matter is dropped; one that contradicts an earlier one goes on: it is evidence. */
function reasonToDropLateVote(slot: Slot, from: ReplicaId, vote: Vote): DropReason | null {
  const earlier = earlierVote(slot, from, vote);
  if (earlier !== null) {
    if (earlier.message.digest !== vote.digest) return slot.accused.has(from) ? "conflicting-vote" : null;
    // A pre-prepare whose batch did not come with it the first time may bring it now.
    return vote.kind === "pre-prepare" && !slot.voted && slot.unproven === null ? null : "duplicate";
  }
  if (!slot.prepared || vote.digest !== slot.prePrepare?.message.digest) return null;
  if (slot.committed !== null) return "already-committed";
  return vote.kind === "prepare" ? "already-prepared" : null;
}

function earlierVote(slot: Slot, from: ReplicaId, vote: Vote): Signed<Vote> | null {
  switch (vote.kind) {
    case "pre-prepare":
      return slot.prePrepare;
    case "prepare":
      return slot.prepares.get(from) ?? null;
    case "commit":
      return slot.commits.get(from) ?? null;
  }
}

/**
 * §4.2: a backup accepts a pre-prepare when the signature is right, it is in view v, it has not accepted one for v and n
 * with another digest, and n is between the water marks; and, for the batch: d is its digest and each request is its
 * client's own.
 */
export function onPrePrepare(r: ReplicaState, from: ReplicaId, signed: Signed<PrePrepare>): void {
  const { message, attachment } = signed;
  const slot = r.log.slot(message.seq);
  if (slot === null || contradicts(r, slot, from, signed)) return;
  const known = batchOf(slot, message.digest);
  const batch = known ?? readableBatch(r, message.digest, attachment);
  if (typeof batch === "string") return r.drop(signed.signer, "pre-prepare", batch);
  if (known === undefined && mayWait(r, batch)) wait(r, slot, batch);
  else if (known !== undefined || requestsAreProven(r, batch)) keepBatch(slot, batch);
  else return r.drop(signed.signer, "pre-prepare", "request-signature-invalid");
  slot.prePrepare = { ...signed, attachment: null };
  for (const vote of [...slot.prepares.values(), ...slot.commits.values()]) showPrePrepare(r, slot, vote);
  r.touched.add(slot);
}

/** §4.2: a prepare may come before its pre-prepare; it counts for the digest that it names. */
export function onPrepare(r: ReplicaState, from: ReplicaId, signed: Signed<Prepare>): void {
  const slot = r.log.slot(signed.message.seq);
  if (slot === null || contradicts(r, slot, from, signed)) return;
  slot.prepares.set(from, signed);
  showPrePrepare(r, slot, signed);
  r.touched.add(slot);
}

/** §4.2: commits are accepted and kept by the same rules as prepares; the primary's count too. */
export function onCommit(r: ReplicaState, from: ReplicaId, signed: Signed<Commit>): void {
  const slot = r.log.slot(signed.message.seq);
  if (slot === null || contradicts(r, slot, from, signed)) return;
  slot.commits.set(from, signed);
  showPrePrepare(r, slot, signed);
  r.touched.add(slot);
}

/**
 * Ours, not the paper's: whoever votes for another digest than that of the accepted pre-prepare is shown that pre-prepare, as its primary
 * signed it, without its batch. Either the voter lies, or the primary has told it something else: then the voter holds two pre-prepares of
 * one number, and with them the proof. Once a slot, view and replica, so that a liar gets one small message for each of its own.
 */
function showPrePrepare(r: ReplicaState, slot: Slot, { signer, message }: Signed<Prepare | Commit>): void {
  const { prePrepare, shown } = slot;
  const voter = signer.id as ReplicaId;
  if (prePrepare === null || prePrepare.message.digest === message.digest || voter === r.self || shown.has(voter)) return;
  // The primary itself knows what it said, whether it is the one or the other.
  if (r.isPrimary || voter === r.primary) return;
  shown.add(voter);
  r.send(voter, prePrepare);
}

/** The first vote counts; a second one that differs proves that its signer lies. */
function contradicts(r: ReplicaState, slot: Slot, from: ReplicaId, signed: Signed<Vote>): boolean {
  const earlier = earlierVote(slot, from, signed.message);
  if (earlier === null || earlier.message.digest === signed.message.digest) return false;
  slot.accused.add(from);
  r.accuse(from, earlier, signed);
  r.drop(signed.signer, signed.message.kind, "conflicting-vote");
  return true;
}

/** The batch that an attachment claims to be, or why it is not one that a correct primary sends. */
export function acceptableBatch(r: ReplicaState, digest: Digest, attachment: Uint8Array | null, seq: SeqNum): Batch | DropReason {
  const slot = r.log.peek(seq);
  const known = slot === null ? undefined : batchOf(slot, digest);
  if (known !== undefined) return known;
  const batch = readableBatch(r, digest, attachment);
  return typeof batch === "string" || requestsAreProven(r, batch) ? batch : "request-signature-invalid";
}

/** The same, whether its requests are their clients' own or not. */
export function readableBatch(r: ReplicaState, digest: Digest, attachment: Uint8Array | null): Batch | DropReason {
  if (attachment === null) return "batch-missing";
  if (attachment.length > attachmentBytesMax(r)) return "batch-too-large";
  if (r.ports.hash(attachment) !== digest) return "batch-digest-mismatch";
  const batch = readBatch(attachment, digest);
  if (batch === null) return "batch-malformed";
  if (batch.requests.some(({ message }) => message.readOnly)) return "batch-read-only";
  if (operationCount(batch.requests) > 2 * r.config.batchOperationsMax) return "batch-too-large";
  return batch;
}

/**
 * More than any correct primary sends: requests up to batchBytesMax together, or one request of operations up to
 * batchBytesMax, each with some bytes around it.
 */
function attachmentBytesMax({ config }: ReplicaState): number {
  return 2 * config.batchBytesMax + 16 * config.batchOperationsMax + 1024;
}

/** §4.2: the primary assigns the next sequence number to what has queued up, while there is room in pipeline and window. */
export function propose(r: ReplicaState): void {
  const { pipelineDepth, batchOperationsMax: operationsMax, batchBytesMax: bytesMax } = r.config;
  while (
    r.isPrimary &&
    r.inView &&
    r.abstention === null &&
    r.lastAssigned - r.lastExecuted < pipelineDepth &&
    r.lastAssigned < r.log.high
  ) {
    const requests = r.pool.take({ operationsMax, bytesMax, othersInFlight: r.lastAssigned > r.lastExecuted });
    if (requests.length === 0 && !nullIsWanted(r)) return;
    const batch = makeBatch(requests.map(claimOf), r.ports);
    r.lastAssigned = (r.lastAssigned + 1) as SeqNum;
    const slot = r.log.slot(r.lastAssigned);
    invariant(slot !== null, "the primary assigns inside the window");
    slot.prePrepare = r.sign({ kind: "pre-prepare", view: r.view, seq: slot.seq, digest: batch.digest });
    slot.voted = true;
    keepBatch(slot, batch);
    r.touched.add(slot);
    r.persist(acceptedRecord(slot.prePrepare, batch.bytes));
    r.broadcast({ ...slot.prePrepare, attachment: batch.bytes });
  }
}

/** Enters each phase of the slot that now holds, once (§4.2). */
export function advanceSlot(r: ReplicaState, slot: Slot): void {
  if (!r.inView || slot.prePrepare === null) return;
  takeVouched(r, slot);
  const { view, seq, digest } = slot.prePrepare.message;
  const batch = batchOf(slot, digest);
  if (batch === undefined) return;
  const votes = r.abstention === null;
  if (!slot.voted) {
    slot.voted = true;
    r.persist(acceptedRecord(slot.prePrepare, batch.bytes));
    if (votes && !r.isPrimary) {
      const prepare = r.sign<Prepare>({ kind: "prepare", view, seq, digest });
      slot.prepares.set(r.self, prepare);
      r.broadcast(prepare);
    }
  }
  const prepares = matching(slot.prepares, digest);
  if (!slot.prepared && 1 + prepares.length >= r.config.system.quorum) {
    slot.prepared = true;
    slot.certificate = { prePrepare: slot.prePrepare, prepares };
    r.persist(preparedRecord(slot.certificate));
    if (votes) {
      const commit = r.sign<Commit>({ kind: "commit", view, seq, digest });
      slot.commits.set(r.self, commit);
      r.broadcast(commit);
    }
  }
  const commits = matching(slot.commits, digest);
  if (slot.prepared && slot.committed === null && commits.length >= r.config.system.quorum)
    slot.committed = { batch, view, commits };
}

/** The votes for `digest`. */
export function matching<V extends Vote>(votes: ReadonlyMap<ReplicaId, Signed<V>>, digest: Digest): readonly Signed<V>[] {
  return [...votes.values()].filter((vote) => vote.message.digest === digest);
}
