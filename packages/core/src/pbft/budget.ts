import type { ReplicaId } from "../ids.js";
import type { PbftMessage } from "./messages.js";
import type { ReplicaState } from "./state.js";

/**
 * What some messages cost the one who gets them, in units of about two signature checks: certificates to be checked, or large
 * answers. A peer may spend so much in a status interval; more than any correct one needs, and little enough that a liar can
 * not keep us from our work. The rest is refused before its signature is checked.
 */
const COST: Partial<Record<PbftMessage["kind"], number>> = {
  "fetch-state": 2,
  "fetch-batch": 2,
  committed: 2,
  batch: 2,
  "stable-checkpoint": 8,
  "view-change": 32,
  "new-view": 32,
};

const BUDGET = 128;

export function withinBudget(r: ReplicaState, from: ReplicaId, kind: PbftMessage["kind"]): boolean {
  const cost = COST[kind];
  return cost === undefined || (r.spent.get(from) ?? 0) + cost <= BUDGET;
}

export function spend(r: ReplicaState, from: ReplicaId, kind: PbftMessage["kind"]): void {
  const cost = COST[kind];
  if (cost !== undefined) r.spent.set(from, (r.spent.get(from) ?? 0) + cost);
}
