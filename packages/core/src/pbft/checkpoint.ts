import type { ReplicaId, SeqNum } from "../ids.js";
import { invariant } from "../invariant.js";
import type { Signed } from "../machine.js";
import type { DropReason } from "./drop-reason.js";
import type { Checkpoint } from "./messages.js";
import { stableRecord } from "./records.js";
import { requestKey } from "./request-pool.js";
import type { ReplicaState, StableCheckpoint } from "./state.js";

export function reasonToDropCheckpoint(r: ReplicaState, from: ReplicaId, { seq, stateDigest }: Checkpoint): DropReason | null {
  if (seq <= r.log.low) return "below-window";
  if (seq % r.config.checkpointInterval !== 0) return "not-a-checkpoint";
  const earlier = seq <= r.log.high ? r.checkpointVotes.get(seq)?.get(from) : r.checkpointsBeyond.get(from);
  if (earlier === undefined || earlier.message.seq < seq) return null;
  return earlier.message.seq === seq && earlier.message.stateDigest !== stateDigest ? null : "duplicate";
}

/** §4.3: when a batch with n divisible by K was executed, the state's digest is signed and sent to all. */
export function takeCheckpoint(r: ReplicaState): void {
  const seq = r.lastExecuted;
  if (seq % r.config.checkpointInterval !== 0 || seq <= r.log.low || r.snapshots.has(seq)) return;
  const digest = r.stateDigest();
  r.snapshots.set(seq, { digest, root: r.store.snapshot() });
  const signed = r.sign<Checkpoint>({ kind: "checkpoint", seq, stateDigest: digest });
  r.broadcast(signed);
  onCheckpoint(r, r.self, signed);
}

/**
 * §4.3: a checkpoint is stable when a quorum signed the same digest for it. Inside the window all votes are kept; beyond it
 * only each replica's highest, which is enough to notice that the others have moved on.
 */
export function onCheckpoint(r: ReplicaState, from: ReplicaId, signed: Signed<Checkpoint>): void {
  const { seq, stateDigest } = signed.message;
  const votes = seq <= r.log.high ? votesFor(r, seq) : r.checkpointsBeyond;
  const earlier = votes.get(from);
  if (earlier !== undefined && earlier.message.seq === seq && earlier.message.stateDigest !== stateDigest) {
    r.accuse(from, earlier, signed);
    return r.drop(signed.signer, "checkpoint", "conflicting-vote");
  }
  votes.set(from, signed);
  const certificate = [...votes.values()].filter(({ message }) => message.seq === seq && message.stateDigest === stateDigest);
  if (certificate.length >= r.config.system.quorum) noteStable(r, { seq, stateDigest, certificate });
}

function votesFor(r: ReplicaState, seq: SeqNum): Map<ReplicaId, Signed<Checkpoint>> {
  const votes = r.checkpointVotes.get(seq) ?? new Map<ReplicaId, Signed<Checkpoint>>();
  r.checkpointVotes.set(seq, votes);
  return votes;
}

/**
 * A stable checkpoint is known. When this replica has the same state, everything up to it is forgotten and the window moves
 * (§4.3); otherwise it is remembered as the state to reach, by executing or by state transfer.
 */
export function noteStable(r: ReplicaState, checkpoint: StableCheckpoint): void {
  if (checkpoint.seq <= r.stable.seq) return;
  if (r.snapshots.get(checkpoint.seq)?.digest === checkpoint.stateDigest) stabilise(r, checkpoint);
  else if (r.ahead === null || checkpoint.seq > r.ahead.seq) r.ahead = checkpoint;
}

/** A checkpoint that was ahead and has now been reached by executing. */
export function reachAhead(r: ReplicaState): void {
  if (r.ahead !== null && r.snapshots.get(r.ahead.seq)?.digest === r.ahead.stateDigest) stabilise(r, r.ahead);
}

function stabilise(r: ReplicaState, checkpoint: StableCheckpoint): void {
  r.persist(stableRecord(checkpoint.certificate));
  adoptStable(r, checkpoint);
  r.emit({ kind: "checkpoint-stable", seq: checkpoint.seq, stateDigest: checkpoint.stateDigest });
}

/** Moves the water marks to `checkpoint`, whose state this replica has, and forgets what lies below (§4.3). */
export function adoptStable(r: ReplicaState, checkpoint: StableCheckpoint): void {
  invariant(r.snapshots.get(checkpoint.seq)?.digest === checkpoint.stateDigest, "the window moves only to a state that is ours");
  r.stable = checkpoint;
  if (r.ahead !== null && r.ahead.seq <= checkpoint.seq) r.ahead = null;
  if (r.transfer !== null && r.transfer.target.seq <= checkpoint.seq) r.transfer = null;
  r.log.advance(checkpoint.seq);
  forgetBelow(r, checkpoint.seq);
}

function forgetBelow(r: ReplicaState, seq: SeqNum): void {
  for (const each of r.checkpointVotes.keys()) if (each <= seq) r.checkpointVotes.delete(each);
  for (const each of r.snapshots.keys()) if (each < seq) r.snapshots.delete(each);
  for (const [replica, vote] of r.checkpointsBeyond) {
    if (vote.message.seq > r.log.high) continue;
    r.checkpointsBeyond.delete(replica);
    if (vote.message.seq > seq) votesFor(r, vote.message.seq).set(replica, vote);
  }
  for (const request of r.pool.requests()) {
    const { client, timestamp } = request.message;
    if (r.clients.executed(client, timestamp)) r.pool.remove(requestKey({ client, timestamp }));
  }
  if (r.lastAssigned < r.lastExecuted) r.lastAssigned = r.lastExecuted;
}

