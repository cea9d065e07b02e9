import type { ReplicaId, View } from "./ids.js";
import { replicaId } from "./ids.js";
import { invariant } from "./invariant.js";

/** How many replicas there are, how many may lie, and which sets of them decide (§3, §4). */
export interface QuorumSystem {
  /** n, all replicas. */
  readonly replicas: number;
  /** f, the most that may be faulty; n >= 3f+1. */
  readonly faults: number;
  /** Any two quorums share a correct replica; 2f+1 when n = 3f+1. */
  readonly quorum: number;
  /** f+1: holds at least one correct replica (a weak certificate). */
  readonly weakQuorum: number;
}

/**
 * Byzantine quorums for n replicas of which f may lie.
 * @throws RangeError unless n and f are integers, f >= 0 and n >= 3f+1.
 */
export function byzantineQuorums(replicas: number, faults: number): QuorumSystem {
  if (!Number.isSafeInteger(faults) || faults < 0) throw new RangeError(`f must be an integer >= 0, got ${faults}`);
  if (!Number.isSafeInteger(replicas) || replicas < 3 * faults + 1)
    throw new RangeError(`n must be an integer >= 3f+1 = ${3 * faults + 1}, got ${replicas}`);
  const quorum = Math.ceil((replicas + faults + 1) / 2);
  invariant(2 * quorum - replicas >= faults + 1, "two quorums share a correct replica");
  invariant(quorum <= replicas - faults, "the correct replicas alone form a quorum");
  return { replicas, faults, quorum, weakQuorum: faults + 1 };
}

/** The primary of a view: p = v mod n (§4). */
export function primaryOf(view: View, system: QuorumSystem): ReplicaId {
  return replicaId(view % system.replicas);
}
