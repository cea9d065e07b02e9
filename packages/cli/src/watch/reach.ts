import type { Observation } from "./model.js";

/**
 * Of the replicas that vote, those who can agree on something: each reaches a quorum of them both ways, itself included. Empty
 * when cut links leave no such core.
 */
export function coreOf(voters: readonly Observation[], quorum: number): readonly Observation[] {
  const kept = voters.filter((a) => voters.filter((b) => reach(a, b)).length >= quorum);
  return kept.length === voters.length ? kept : coreOf(kept, quorum);
}

function reach(a: Observation, b: Observation): boolean {
  return a.id === b.id || !(isCut(a, b) || isCut(b, a));
}

function isCut(from: Observation, to: Observation): boolean {
  const fault = from.status?.links.find(({ replica }) => replica === to.id)?.fault ?? null;
  return fault !== null && (fault.cut || fault.drop === 1);
}
