import type { SavedState, SeqNum, Snapshot } from "@bft/core";

/** A snapshot, and the records that say again what still matters. */
export interface Restated {
  readonly seq: SeqNum;
  readonly state: Snapshot;
  readonly records: readonly Uint8Array[];
}

/**
 * What a replica wrote down, as its host keeps it: segments of records, a new one with each snapshot's restatement; the older ones go
 * once the snapshot's state is saved. What nothing that left depends on may be torn off by a crash.
 */
export class CrashDisk {
  state: SavedState["state"] = null;
  lost = false;
  #segments: Uint8Array[][] = [[]];
  #unsaved: { readonly seq: SeqNum; readonly root: Snapshot } | null = null;
  #tail = 0;

  get records(): readonly Uint8Array[] {
    return this.#segments.flat();
  }

  /** Records that a crash may still tear off. */
  get tail(): number {
    return this.#tail;
  }

  /**
   * One write of the host. What comes in one write with a snapshot stands in both segments, also what was written before the snapshot
   * was taken: to read it twice must be harmless.
   */
  write(records: readonly Uint8Array[], snapshot: Restated | null): void {
    this.#segments.at(-1)?.push(...records);
    this.#tail += records.length;
    if (snapshot === null) return;
    this.#segments.push([...snapshot.records, ...records]);
    this.#unsaved = { seq: snapshot.seq, root: snapshot.state };
    this.#tail = 0;
  }

  /** A message left: all before it is durable, also that the replica noticed its loss. */
  sync(): void {
    this.#tail = 0;
    this.lost = false;
  }

  /** The state of the latest snapshot is durable. */
  save(): void {
    if (this.#unsaved === null) return;
    this.state = this.#unsaved;
    this.#segments = this.#segments.slice(-1);
    this.#unsaved = null;
  }

  /** @param torn records torn off the end, as far as that may be */
  crash(torn: number): void {
    this.#unsaved = null;
    const gone = Math.min(torn, this.#tail);
    if (gone > 0) this.#segments.at(-1)?.splice(-gone);
    this.#tail = 0;
  }

  wipe(): void {
    this.state = null;
    this.#segments = [[]];
    this.#unsaved = null;
    this.#tail = 0;
    this.lost = true;
  }

  read(): SavedState {
    return { state: this.state, records: this.records, lost: this.lost };
  }
}
