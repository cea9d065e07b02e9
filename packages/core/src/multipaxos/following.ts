import type { ReplicaId, SeqNum } from "../ids.js";
import { ownerOf } from "./ballot.js";
import type { Ballot } from "./messages.js";
import { ballotRecord } from "./records.js";
import type { PaxosState } from "./state.js";

/**
 * A higher ballot than any before: from now on nothing of a lower one is promised or accepted here (P1a). Written down before anything
 * is said in it (§2.5).
 */
export function follow(r: PaxosState, ballot: Ballot): void {
  if (ballot <= r.promised) return;
  r.promised = ballot;
  r.entered = null;
  r.leading = null;
  r.candidacy = null;
  r.patience.begin();
  r.heard = true;
  r.pool.clear();
  r.persist(ballotRecord(ballot));
}

/** The owner of the ballot is known to lead it: its phase 1 is done. */
export function enter(r: PaxosState, ballot: Ballot): void {
  follow(r, ballot);
  if (r.entered === ballot) return;
  r.entered = ballot;
  r.emit({ kind: "view-entered", view: ballot, primary: ownerOf(ballot, r.system.replicas) });
}

/** The leader of `ballot`, which is none below our promise, says that all is chosen up to `chosen`. */
export function hearLeader(r: PaxosState, from: ReplicaId, ballot: Ballot, chosen: SeqNum): void {
  enter(r, ballot);
  r.heard = true;
  hearOf(r, from, chosen);
  if (ballot > r.chosenUpTo.ballot || chosen > r.chosenUpTo.upTo) r.chosenUpTo = { ballot, upTo: chosen };
}

/** Another replica knows everything up to `executed` to be chosen. */
export function hearOf(r: PaxosState, from: ReplicaId, executed: SeqNum): void {
  if (executed > (r.heardOf.get(from) ?? 0)) r.heardOf.set(from, executed);
}
