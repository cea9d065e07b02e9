import { trustsLeader } from "../view/protocol-words.js";
import { isHonest, type Observation } from "./model.js";

/** The way to the next stable checkpoint (§4.3). */
export interface CheckpointProgress {
  /** Its sequence number. */
  readonly seq: number;
  /** h: the last stable one. */
  readonly from: number;
  /** Executed on the way: `from` at the beginning, `seq` when all that is missing are votes. */
  readonly executed: number;
  /** Who has voted for it, as far as is known. */
  readonly votes: readonly number[];
}

/** Where a replica is on its way; null in protocols whose snapshots need no votes, and while it says nothing. */
export function checkpointOf({ status }: Observation): CheckpointProgress | null {
  if (status === null || trustsLeader(status.protocol)) return null;
  const { lowWaterMark, highWaterMark, lastExecuted, checkpointVotes } = status.machine;
  // H = h + L, and L is two intervals.
  const interval = Math.floor((highWaterMark - lowWaterMark) / 2);
  if (interval <= 0) return null;
  const seq = lowWaterMark + interval;
  const executed = Math.max(lowWaterMark, Math.min(seq, lastExecuted));
  return { seq, from: lowWaterMark, executed, votes: checkpointVotes.find((each) => each.seq === seq)?.replicas ?? [] };
}

/** The way of the honest replica that has come furthest, and who is known by anybody to have voted. */
export function clusterCheckpoint(replicas: readonly Observation[]): CheckpointProgress | null {
  const ways = replicas.filter(isHonest).flatMap((replica) => checkpointOf(replica) ?? []);
  const [furthest] = [...ways].sort((a, b) => b.seq - a.seq || b.executed - a.executed);
  if (furthest === undefined) return null;
  const votes = ways.flatMap((way) => (way.seq === furthest.seq ? way.votes : []));
  return { ...furthest, votes: [...new Set(votes)].sort((a, b) => a - b) };
}
