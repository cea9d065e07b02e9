import type { Digest, ReplicaId, SeqNum, View } from "../ids.js";
import type { Signed } from "../machine.js";
import type { Batch } from "./batch.js";
import type { Commit, PrePrepare, Prepare, PreparedCertificate } from "./messages.js";

/** What a replica knows of one sequence number. Votes are those of the view that it is in or moving to. */
export interface Slot {
  readonly seq: SeqNum;
  /** The accepted pre-prepare of the current view, or null. */
  prePrepare: Signed<PrePrepare> | null;
  /** One vote a replica; the first counts. They may come before their pre-prepare. */
  readonly prepares: Map<ReplicaId, Signed<Prepare>>;
  readonly commits: Map<ReplicaId, Signed<Commit>>;
  /** This replica holds the batch and has voted for the pre-prepare (as primary: by sending it). */
  voted: boolean;
  /** `prepared(m, v, n, i)` in the current view. */
  prepared: boolean;
  /** `committed-local(m, v, n, i)`, with the batch and the quorum of commits that prove it in any view. */
  committed: { readonly batch: Batch; readonly view: View; readonly commits: readonly Signed<Commit>[] } | null;
  /** The prepared certificate of the highest view in which this slot prepared here: what P carries (§4.4). */
  certificate: PreparedCertificate | null;
  /** The batch of the accepted pre-prepare while nobody has checked its clients' signatures here, or vouched for them (authenticity.ts). */
  unproven: Batch | null;
  /** Batches that were proposed for this slot in this view and earlier ones, by digest. */
  readonly batches: Map<Digest, Batch>;
  /** Replicas that were shown the pre-prepare because they vote for another digest (normal-case.ts). */
  readonly shown: Set<ReplicaId>;
  /** Replicas that contradicted themselves here: each is told of once. */
  readonly accused: Set<ReplicaId>;
}

/** The slots inside the window (h, H]; nothing is kept outside it, which is what bounds memory (§4.3). */
export class Log {
  readonly #slots = new Map<SeqNum, Slot>();
  readonly #window: number;
  #low: SeqNum;

  constructor(low: SeqNum, window: number) {
    this.#low = low;
    this.#window = window;
  }

  /** h: the last stable checkpoint. */
  get low(): SeqNum {
    return this.#low;
  }

  /** H = h + L. */
  get high(): SeqNum {
    return (this.#low + this.#window) as SeqNum;
  }

  inWindow(seq: SeqNum): boolean {
    return seq > this.#low && seq <= this.high;
  }

  /** The slot for `seq`, made when there is none yet; null outside the window. */
  slot(seq: SeqNum): Slot | null {
    const known = this.#slots.get(seq);
    if (known !== undefined) return known;
    if (!this.inWindow(seq)) return null;
    const slot: Slot = {
      seq,
      prePrepare: null,
      prepares: new Map(),
      commits: new Map(),
      voted: false,
      prepared: false,
      committed: null,
      certificate: null,
      unproven: null,
      batches: new Map(),
      shown: new Set(),
      accused: new Set(),
    };
    this.#slots.set(seq, slot);
    return slot;
  }

  /** The slot for `seq` when there is one. */
  peek(seq: SeqNum): Slot | null {
    return this.#slots.get(seq) ?? null;
  }

  /** All slots, in order of sequence number. */
  slots(): Slot[] {
    return [...this.#slots.values()].sort((a, b) => a.seq - b.seq);
  }

  /** Votes belong to one view: a new view starts without any. What committed or prepared before is kept. */
  clearVotes(): void {
    for (const slot of this.#slots.values()) {
      slot.prePrepare = null;
      slot.unproven = null;
      slot.prepares.clear();
      slot.commits.clear();
      slot.shown.clear();
      slot.voted = false;
      slot.prepared = false;
    }
  }

  /** Moves h up and forgets everything at or below it (§4.3). */
  advance(low: SeqNum): void {
    this.#low = low;
    for (const seq of this.#slots.keys()) if (seq <= low) this.#slots.delete(seq);
  }
}

/** The batch with this digest, when it was proposed for the slot or has committed in it. */
export function batchOf(slot: Slot, digest: Digest): Batch | undefined {
  return slot.batches.get(digest) ?? (slot.committed?.batch.digest === digest ? slot.committed.batch : undefined);
}

/** Batches kept for one slot: one a view at the most, so a liar needs as many view changes to push one out. */
const BATCHES_PER_SLOT_MAX = 8;

/**
 * Keeps `batch` for the slot. Those of earlier views stay: this replica has sent a prepare for them, so a certificate for one
 * may yet turn up in a view change, and somebody correct must have the batch then (§4.4).
 */
export function keepBatch(slot: Slot, batch: Batch): void {
  slot.batches.set(batch.digest, batch);
  const needed = new Set([batch.digest, slot.certificate?.prePrepare.message.digest, slot.prePrepare?.message.digest]);
  for (const digest of slot.batches.keys()) {
    if (slot.batches.size <= BATCHES_PER_SLOT_MAX) return;
    if (!needed.has(digest)) slot.batches.delete(digest);
  }
}
