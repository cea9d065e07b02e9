import { invariant } from "../invariant.js";
import type { QuorumSystem } from "../quorum.js";

/**
 * Majorities of n replicas of which f may stop: any two share a replica, which remembers (Lamport, "Paxos Made Simple", §2.2).
 * @throws RangeError unless n and f are integers, f >= 0 and n >= 2f+1.
 */
export function majorityQuorums(replicas: number, faults: number): QuorumSystem {
  if (!Number.isSafeInteger(faults) || faults < 0) throw new RangeError(`f must be an integer >= 0, got ${faults}`);
  if (!Number.isSafeInteger(replicas) || replicas < 2 * faults + 1)
    throw new RangeError(`n must be an integer >= 2f+1 = ${2 * faults + 1}, got ${replicas}`);
  const quorum = Math.floor(replicas / 2) + 1;
  invariant(2 * quorum > replicas, "two majorities share a replica");
  invariant(quorum <= replicas - faults, "the replicas that are up form a majority");
  // Nobody lies, so one replica's word is enough.
  return { replicas, faults, quorum, weakQuorum: 1 };
}
