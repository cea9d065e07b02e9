import type { ReplicaId } from "../ids.js";
import { INTEGER_MAX } from "../ids.js";
import type { Ballot } from "./messages.js";

/** §2.4: "different proposers choose their numbers from disjoint sets of numbers": ballot b belongs to replica b mod n. */
export function ownerOf(ballot: Ballot, replicas: number): ReplicaId {
  return (ballot % replicas) as ReplicaId;
}

/** The lowest ballot of `self` above `above`; null when the numbers have run out, as after a liar named the highest. */
export function nextBallot(self: ReplicaId, above: Ballot, replicas: number): Ballot | null {
  const own = above - ownerOf(above, replicas) + self;
  const next = own > above ? own : own + replicas;
  return next <= INTEGER_MAX ? (next as Ballot) : null;
}
