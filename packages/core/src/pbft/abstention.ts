import type { ReplicaId, SeqNum } from "../ids.js";
import type { Status } from "./messages.js";
import { amnesiaRecord, trustedAgainRecord } from "./records.js";
import type { ReplicaState } from "./state.js";

/**
 * A replica whose records are lost or damaged may have voted for anything. It must not vote again where it may have voted
 * already, or it would be a liar without knowing. So it follows, executes and answers, but abstains from voting until
 * everything that its former self can have voted for lies below a stable checkpoint (TOCS '02 §4.3.2, the estimate of H_M).
 *
 * Its former self voted up to h + L at most, where h was stable: at least one correct replica in any quorum has executed h,
 * so that replica's own stable checkpoint is at least h - L. With s the highest stable checkpoint that a quorum of the others
 * can prove, nothing above s + 2L can have been voted for.
 */
export function abstain(r: ReplicaState, until: SeqNum | null): void {
  r.abstention = { claims: new Map(), until };
}

/** Abstains from now on, across restarts too. */
export function startAbstaining(r: ReplicaState): void {
  if (r.abstention === null) abstain(r, null);
  const until = r.abstention?.until ?? null;
  r.persist(amnesiaRecord(until));
  r.emit({ kind: "abstaining", until });
}

/**
 * Another replica says where it stands. It counts once we hold the proof of what it said first: by then it may have moved on, and
 * under load always has.
 */
export function hearStatus(r: ReplicaState, from: ReplicaId, status: Status): void {
  const { abstention } = r;
  if (abstention === null || abstention.until !== null) return;
  const { claims } = abstention;
  claims.set(from, Math.min(status.stableSeq, claims.get(from) ?? status.stableSeq) as SeqNum);
  const proven = Math.max(r.stable.seq, r.ahead?.seq ?? 0);
  if ([...claims.values()].filter((claimed) => claimed <= proven).length < r.config.system.quorum) return;
  // Written down: an abstaining replica adds no votes, so the bound stays right after a restart.
  abstention.until = (proven + 2 * r.config.window) as SeqNum;
  r.persist(amnesiaRecord(abstention.until));
  r.emit({ kind: "abstaining", until: abstention.until });
}

/**
 * So that an idle cluster gets its redundancy back, the primary orders null requests up to the checkpoint that an abstaining
 * replica waits for (TOCS '02 §4.3.2). A liar could ask for them for ever: each replica is granted one such run, and another
 * only after as many batches of real requests.
 */
export function grantNulls(r: ReplicaState, from: ReplicaId, { abstainsUntil }: Status): void {
  const most = 2 * r.config.window;
  if (abstainsUntil <= r.stable.seq || abstainsUntil > r.stable.seq + most) return;
  const granted = r.nullGrants.get(from);
  if (granted !== undefined && granted.until !== abstainsUntil && r.realBatches - granted.realBatches < most) return;
  r.nullGrants.set(from, { until: abstainsUntil, realBatches: r.realBatches });
}

/** True when the next sequence number should be filled with a null request for somebody who waits for a checkpoint. */
export function nullIsWanted(r: ReplicaState): boolean {
  for (const { until } of r.nullGrants.values()) if (until > r.lastAssigned) return true;
  return false;
}

/** Ends the abstention when the window has moved past everything the former self can have voted for. */
export function endAbstention(r: ReplicaState): void {
  const until = r.abstention?.until ?? null;
  if (until === null || r.stable.seq < until) return;
  r.abstention = null;
  r.persist(trustedAgainRecord());
  r.emit({ kind: "votes-again", seq: r.stable.seq });
}
