import type { SlotStatus } from "@bft/core";
import { isHonest, type Observation } from "./model.js";

/** One sequence number's way through the phases, as seen on the whole cluster. */
export interface SlotView {
  readonly seq: number;
  /** The slot as the replica sees it that is furthest with it. */
  readonly slot: SlotStatus;
  /** Who proposed it; null when that is not known any more. */
  readonly primary: number | null;
  /** Replicas that answer and have executed it. */
  readonly executedBy: readonly number[];
  /** Replicas that hold different digests for this number in one view: somebody lied to one of them. Empty when all agree. */
  readonly split: readonly { readonly digest: string; readonly replicas: readonly number[] }[];
}

/** How far a slot is: each phase counts more than any number of votes. */
function progress(slot: SlotStatus): number {
  const phases = [slot.prePrepared, slot.prepared, slot.committed, slot.executed].filter(Boolean).length;
  return phases * 10_000 + slot.view * 0.001 + slot.prepares.length + slot.commits.length;
}

interface Entry {
  readonly id: number;
  readonly primary: number | null;
  readonly slot: SlotStatus;
}

/** The recent slots in order of sequence number, at most `max` of them, the newest kept. */
export function slotViews(replicas: readonly Observation[], max: number): readonly SlotView[] {
  const bySeq = new Map<number, Entry[]>();
  for (const { id, status } of tellers(replicas)) {
    for (const slot of status?.machine.slots ?? []) {
      const list = bySeq.get(slot.seq);
      const entry = { id, slot, primary: proposerOf(slot, status, replicas.length) };
      if (list) list.push(entry);
      else bySeq.set(slot.seq, [entry]);
    }
  }
  const newest = [...bySeq.keys()].sort((a, b) => a - b).slice(-max);
  return newest.flatMap((seq) => viewOf(replicas, seq, bySeq.get(seq) ?? []));
}

/** One slot, also when it is long ago, as far as it is remembered; null when nothing is. */
export function slotView(replicas: readonly Observation[], seq: number): SlotView | null {
  const entries = tellers(replicas).flatMap(({ id, status, slots }): Entry[] => {
    const slot = slots.find((each) => each.seq === seq);
    return slot === undefined ? [] : [{ id, slot, primary: proposerOf(slot, status, replicas.length) }];
  });
  return viewOf(replicas, seq, entries)[0] ?? null;
}

/** Liars count only where nobody honest says anything. */
function tellers(replicas: readonly Observation[]): readonly Observation[] {
  const honest = replicas.filter(isHonest);
  return honest.length > 0 ? honest : replicas.filter((replica) => replica.answers);
}

function viewOf(replicas: readonly Observation[], seq: number, entries: readonly Entry[]): SlotView[] {
  const [first, ...others] = entries;
  if (first === undefined) return [];
  const best = others.reduce((a, b) => (progress(b.slot) > progress(a.slot) ? b : a), first);
  const executedBy = replicas
    .filter((replica) => replica.answers && (replica.status?.machine.lastExecuted ?? 0) >= seq)
    .map(({ id }) => id);
  return [{ seq, slot: best.slot, primary: best.primary, executedBy, split: splitOf(entries, best.slot.view) }];
}

/** A view or ballot names its primary; a term has the leader that was elected in it. */
function proposerOf({ view }: SlotStatus, status: Observation["status"], replicas: number): number | null {
  if (status?.protocol !== "raft") return view % replicas;
  return status.machine.view === view ? status.machine.primary : null;
}

function splitOf(entries: readonly { id: number; slot: SlotStatus }[], view: number): SlotView["split"] {
  const byDigest = new Map<string, number[]>();
  for (const { id, slot } of entries) {
    if (slot.view !== view || slot.digest === null || !slot.prePrepared) continue;
    byDigest.set(slot.digest, [...(byDigest.get(slot.digest) ?? []), id]);
  }
  if (byDigest.size < 2) return [];
  return [...byDigest].map(([digest, ids]) => ({ digest, replicas: ids }));
}

/** A sequence number under which honest replicas executed different batches, with two of them; the thing that must never be. */
export interface Divergence {
  readonly seq: number;
  readonly replicas: readonly [number, number];
}

export function divergence(replicas: readonly Observation[]): Divergence | null {
  const executed = new Map<number, { id: number; digest: string }>();
  for (const { id, status } of replicas.filter(isHonest)) {
    for (const slot of status?.machine.slots ?? []) {
      if (!slot.executed || slot.digest === null) continue;
      const other = executed.get(slot.seq);
      if (other && other.digest !== slot.digest) return { seq: slot.seq, replicas: [other.id, id] };
      if (!other) executed.set(slot.seq, { id, digest: slot.digest });
    }
  }
  return checkpointDivergence(replicas);
}

function checkpointDivergence(replicas: readonly Observation[]): Divergence | null {
  const states = new Map<number, { id: number; digest: string }>();
  for (const { id, status } of replicas.filter(isHonest)) {
    if (!status) continue;
    const { seq, stateDigest } = status.machine.checkpoint;
    const other = states.get(seq);
    if (other && other.digest !== stateDigest) return { seq, replicas: [other.id, id] };
    if (!other) states.set(seq, { id, digest: stateDigest });
  }
  return null;
}
