import type { SlotStatus } from "@bft/core";
import { isHonest, type Observation } from "./model.js";

/** How far a slot is at one replica. contrary: it voted for another batch than most, so it lies, or was lied to. */
export type SlotPhase = "nothing" | "pre-prepared" | "prepared" | "committed" | "executed" | "contrary";

/** One row of the grid. */
export interface GridRow {
  readonly replica: number;
  /** One a slot, in order of sequence number. */
  readonly phases: readonly SlotPhase[];
}

/** Sequence numbers that are shown, both included; empty while no slot was in use. */
export interface GridRange {
  readonly first: number;
  readonly last: number;
}

/** How far back the cursor goes. */
const BACK_MAX = 255;

/** The slots that there are to point at; null when none was in use yet. */
export function reachOf(replicas: readonly Observation[], quorum: number, columns: number): GridRange | null {
  const tops = replicas.map(topOf).sort((a, b) => b - a);
  const highest = tops[0] ?? 0;
  if (highest === 0) return null;
  // Statuses come one after the other: under load one replica seems far ahead, and its slots would be empty columns.
  const agreed = tops[quorum - 1] ?? highest;
  const last = Math.min(highest, (agreed === 0 ? highest : agreed) + Math.max(1, Math.floor(columns / 4)));
  return { first: Math.max(1, last - BACK_MAX), last };
}

/** The highest sequence number that a replica knows of. */
function topOf({ status, slots }: Observation): number {
  return status === null ? 0 : Math.max(status.machine.lastExecuted, slots.at(-1)?.seq ?? 0);
}

/** `columns` slots of `reach`, the newest unless the cursor is before them. */
export function rangeOf(reach: GridRange, columns: number, cursor: number | null): GridRange {
  const newest = Math.max(reach.first, reach.last - columns + 1);
  const first = cursor === null ? newest : Math.max(reach.first, Math.min(newest, cursor));
  return { first, last: Math.min(reach.last, first + columns - 1) };
}

/** How far each slot of the range is at each replica. */
export function gridRows(replicas: readonly Observation[], { first, last }: GridRange): readonly GridRow[] {
  const seqs = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const bySeq = replicas.map(({ slots }) => new Map(slots.filter(({ seq }) => seq >= first).map((slot) => [slot.seq, slot])));
  const contrary = seqs.map((seq) => contraryAt(replicas, bySeq, seq));
  return replicas.map(({ id, status }) => ({
    replica: id,
    phases: seqs.map((seq, index): SlotPhase => {
      if (contrary[index]?.has(id)) return "contrary";
      return phaseOf(bySeq[id]?.get(seq) ?? null, seq <= (status?.machine.lastExecuted ?? 0));
    }),
  }));
}

function phaseOf(slot: SlotStatus | null, executed: boolean): SlotPhase {
  if (executed) return "executed";
  if (slot === null) return "nothing";
  if (slot.committed) return "committed";
  if (slot.prepared && slot.prepares.length > 0) return "prepared";
  return slot.prePrepared ? "pre-prepared" : "nothing";
}

/** Who voted for another batch than that which counts here, in the view that counts, as its honest holders tell. */
function contraryAt(
  replicas: readonly Observation[],
  bySeq: readonly ReadonlyMap<number, SlotStatus>[],
  seq: number,
): ReadonlySet<number> {
  const held = replicas.filter(isHonest).flatMap(({ id }) => {
    const slot = bySeq[id]?.get(seq);
    return slot === undefined || slot.digest === null ? [] : [{ id, slot }];
  });
  const calm = held.every(({ slot }) => slot.contrary.length === 0 && slot.digest === held[0]?.slot.digest);
  const [first, ...others] = calm ? [] : held;
  if (first === undefined) return NOBODY;
  const weight = ({ slot }: (typeof held)[number]) =>
    (slot.committed ? replicas.length + 1 : 0) + held.filter((other) => other.slot.digest === slot.digest).length;
  const { slot: counts } = others.reduce((a, b) => (weight(b) > weight(a) ? b : a), first);
  const found = new Set<number>();
  for (const { id, slot } of held) {
    if (slot.digest === counts.digest) for (const voter of slot.contrary) found.add(voter);
    else if (slot.view === counts.view && slot.prePrepared) found.add(id);
  }
  return found;
}

const NOBODY: ReadonlySet<number> = new Set();
