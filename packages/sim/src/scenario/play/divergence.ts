import type { TraceEvent } from "@bft/core";
import type { Divergence } from "../outcome.js";
import type { Judgement } from "../stage.js";
import { listed } from "./words.js";

type Executed = Extract<TraceEvent, { kind: "executed" }>;

/**
 * What two correct replicas that disagree executed at the same sequence number, or null when none do. The first two that executed
 * different operations; else one that executed some where the other executed none; else two batches that came to the same, as one
 * that holds a request twice does.
 */
export function divergenceOf({ violations, events }: Judgement): Divergence | null {
  const all = violations.flatMap(({ checker, seq, replicas }) =>
    checker === "agreement" && seq !== null && replicas.length > 1 ? [sidesOf(replicas, seq, events)] : [],
  );
  const differ = all.filter(({ sides }) => new Set(sides.map(({ operations }) => JSON.stringify(operations))).size > 1);
  const visible = differ.find(({ sides }) => sides.every(({ operations }) => operations.length > 0));
  return visible ?? differ[0] ?? all[0] ?? null;
}

function sidesOf(replicas: readonly number[], seq: number, events: readonly TraceEvent[]): Divergence {
  const sides = replicas.map((replica) => {
    const executed = events.findLast((event): event is Executed => isAt(event, replica, seq));
    return { replica, view: executed?.view ?? 0, operations: executed?.requests.flatMap(({ operations }) => operations) ?? [] };
  });
  return { seq, sides };
}

function isAt(event: TraceEvent, replica: number, seq: number): boolean {
  return event.kind === "executed" && event.replica === replica && event.seq === seq;
}

/** `replica 2 executed "set x 1", replica 3 executed "set x 0"`. */
export function divergenceText({ sides }: Divergence): string {
  const told = sides.map(({ replica, operations }) => {
    const what = operations.length === 0 ? "nothing" : listed(operations.map((each) => `"${each}"`));
    return `replica ${replica} executed ${what}`;
  });
  return told.join(", ");
}
