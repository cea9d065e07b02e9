import type { ReplicaId, SeqNum } from "../ids.js";
import { invariant } from "../invariant.js";
import type { Signed } from "../machine.js";
import { requestKey } from "../replication/request-pool.js";
import { digestSome, rootDigest } from "../store/merkle.js";
import { checkCheckpoints } from "./certificates.js";
import type { DropReason } from "./drop-reason.js";
import type { Checkpoint, StableCheckpointMessage } from "./messages.js";
import { acceptProposals } from "./proposals.js";
import { stableRecord } from "./records.js";
import { restate } from "./restatement.js";
import type { ReplicaState, StableCheckpoint } from "./state.js";

/** Checkpoints below the stable one whose state is kept for those who fetch it; it costs only what has changed since. */
export const SNAPSHOTS_KEPT = 4;

export function reasonToDropCheckpoint(r: ReplicaState, from: ReplicaId, { seq, stateDigest }: Checkpoint): DropReason | null {
  if (seq <= r.log.low) return "below-window";
  if (seq > r.log.high) return "above-window";
  if (seq % r.config.checkpointInterval !== 0) return "not-a-checkpoint";
  const earlier = r.checkpointVotes.get(seq)?.get(from);
  if (earlier === undefined) return null;
  if (earlier.message.stateDigest === stateDigest) return "duplicate";
  return r.accusedOfCheckpoint.has(from) ? "conflicting-vote" : null;
}

/** Digests that are computed in one step for a checkpoint: one or two milliseconds. */
const DIGESTS_A_STEP = 200;

const CHECKPOINT_TIMER = "checkpoint";

/**
 * §4.3: when a batch with n divisible by K was executed, the state is kept as a checkpoint; its digest is signed and sent to all. We
 * differ: the digest is computed a part at a time, in this step and the next ones, so that a checkpoint after many changes stalls nothing.
 */
export function takeCheckpoint(r: ReplicaState): void {
  const seq = r.lastExecuted;
  const known = r.snapshots.has(seq) || r.undigested.some((each) => each.seq === seq);
  if (seq % r.config.checkpointInterval !== 0 || seq <= r.log.low || known) return;
  r.undigested = [...r.undigested, { seq, root: r.state.snapshot() }];
}

/** Goes on with the digests of the checkpoints that were taken. True when one is complete, and sent to all. */
export function digestCheckpoints(r: ReplicaState, most = DIGESTS_A_STEP): boolean {
  const next = r.undigested[0];
  if (next === undefined) return false;
  const { seq, root } = next;
  if (!digestSome(root, r.ports.hash, most)) {
    // So that it goes on when nothing else happens.
    r.emit({ kind: "start-timer", timer: CHECKPOINT_TIMER, delayMs: 1 });
    return false;
  }
  r.undigested = r.undigested.slice(1);
  const digest = rootDigest(root, r.ports.hash);
  r.snapshots.set(seq, { digest, root });
  const signed = r.sign<Checkpoint>({ kind: "checkpoint", seq, stateDigest: digest });
  r.broadcast(signed);
  onCheckpoint(r, r.self, signed);
  return true;
}

/**
 * §4.3: a checkpoint is stable when a quorum signed the same digest for it. Votes beyond the window are refused: a replica
 * that is so far behind learns of it by the certificate that answers its status (retransmission.ts).
 */
export function onCheckpoint(r: ReplicaState, from: ReplicaId, signed: Signed<Checkpoint>): void {
  const { seq, stateDigest } = signed.message;
  const votes = votesFor(r, seq);
  const earlier = votes.get(from);
  if (earlier !== undefined && earlier.message.stateDigest !== stateDigest) {
    r.accusedOfCheckpoint.add(from);
    r.accuse(from, earlier, signed);
    return r.drop(signed.signer, "checkpoint", "conflicting-vote");
  }
  votes.set(from, signed);
  const certificate = [...votes.values()].filter(({ message }) => message.stateDigest === stateDigest);
  if (certificate.length >= r.config.system.quorum) noteStable(r, { seq, stateDigest, certificate });
}

export function reasonToDropStable(r: ReplicaState, { checkpoints }: StableCheckpointMessage): DropReason | null {
  const seq = checkpoints[0]?.message.seq;
  if (seq === undefined) return "stable-checkpoint-bad-certificate";
  return seq <= Math.max(r.stable.seq, r.ahead?.seq ?? 0) ? "duplicate" : null;
}

/** The proof that the others have moved on. */
export function onStable(r: ReplicaState, { signer, message }: Signed<StableCheckpointMessage>): void {
  const proof = checkCheckpoints(message.checkpoints, { system: r.config.system, ports: r.ports });
  if (proof === null) return r.drop(signer, "stable-checkpoint", "stable-checkpoint-bad-certificate");
  noteStable(r, proof);
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

/**
 * A checkpoint that was ahead, or whose state is being fetched, and has now been reached by executing. The fetching ends then: to
 * install that state later would take back what was executed since.
 */
export function reachAhead(r: ReplicaState): void {
  for (const checkpoint of [r.transfer?.target ?? null, r.ahead])
    if (
      checkpoint !== null &&
      checkpoint.seq > r.stable.seq &&
      r.snapshots.get(checkpoint.seq)?.digest === checkpoint.stateDigest
    )
      stabilise(r, checkpoint);
}

function stabilise(r: ReplicaState, checkpoint: StableCheckpoint): void {
  r.persist(stableRecord(checkpoint.certificate));
  adoptStable(r, checkpoint);
}

/**
 * Tells the host that all records so far can be replaced. At the end of a step only: in its midst the restatement could miss
 * what is persisted already and not yet part of the state.
 */
export function tellStable(r: ReplicaState): void {
  if (!r.stableIsNew) return;
  r.stableIsNew = false;
  const { seq, stateDigest } = r.stable;
  const state = r.snapshots.get(seq)?.root ?? null;
  r.emit({ kind: "checkpoint-stable", seq, stateDigest, state, records: restate(r) });
}

/** Moves the water marks to `checkpoint`, whose state this replica has, and forgets what lies below (§4.3). */
export function adoptStable(r: ReplicaState, checkpoint: StableCheckpoint): void {
  invariant(r.snapshots.get(checkpoint.seq)?.digest === checkpoint.stateDigest, "the window moves only to a state that is ours");
  r.stable = checkpoint;
  r.stableIsNew = true;
  r.waitedInVain = false;
  if (r.ahead !== null && r.ahead.seq <= checkpoint.seq) r.ahead = null;
  if (r.transfer !== null && r.transfer.target.seq <= checkpoint.seq) r.transfer = null;
  r.log.advance(checkpoint.seq);
  // O of a new-view may reach beyond the window that we had when it came (§4.4).
  acceptProposals(r);
  forgetBelow(r, checkpoint.seq);
}

function forgetBelow(r: ReplicaState, seq: SeqNum): void {
  for (const each of r.checkpointVotes.keys()) if (each <= seq) r.checkpointVotes.delete(each);
  for (const each of r.snapshots.keys()) if (each < seq - SNAPSHOTS_KEPT * r.config.checkpointInterval) r.snapshots.delete(each);
  r.undigested = r.undigested.filter((each) => each.seq > seq);
  r.accusedOfCheckpoint.clear();
  for (const request of r.pool.requests()) {
    const { client, timestamp } = request.message;
    if (r.state.clients.executed(client, timestamp)) r.pool.remove(requestKey({ client, timestamp }));
  }
  if (r.lastAssigned < r.lastExecuted) r.lastAssigned = r.lastExecuted;
}
