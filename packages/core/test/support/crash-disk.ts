import type { SavedState, SeqNum, Snapshot } from "@bft/core";

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

  append(record: Uint8Array): void {
    this.#segments.at(-1)?.push(record);
    this.#tail += 1;
  }

  /** A message left: all before it is durable, also that the replica noticed its loss. */
  sync(): void {
    this.#tail = 0;
    this.lost = false;
  }

  begin(seq: SeqNum, root: Snapshot, records: readonly Uint8Array[]): void {
    this.#segments.push([...records]);
    this.#unsaved = { seq, root };
    this.#tail = 0;
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
