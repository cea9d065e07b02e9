import type { ReplicaId } from "../ids.js";
import type { PaxosMessage } from "./messages.js";
import type { PaxosState } from "./state.js";

/** Questions whose answers are large; each replica has so many of them between two ticks. */
const COSTLY: ReadonlySet<PaxosMessage["kind"]> = new Set(["prepare", "fetch", "fetch-snapshot"]);
const BUDGET = 64;

export function withinBudget(r: PaxosState, from: ReplicaId, kind: PaxosMessage["kind"]): boolean {
  return !COSTLY.has(kind) || (r.answered.get(from) ?? 0) < BUDGET;
}

export function spend(r: PaxosState, from: ReplicaId, kind: PaxosMessage["kind"]): void {
  if (COSTLY.has(kind)) r.answered.set(from, (r.answered.get(from) ?? 0) + 1);
}
