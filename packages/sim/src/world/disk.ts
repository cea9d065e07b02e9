import type { SeqNum, Snapshot } from "@bft/core";

/** What a replica finds when it starts. */
export interface Saved {
  readonly state: { readonly seq: SeqNum; readonly root: Snapshot } | null;
  readonly records: readonly Uint8Array[];
  readonly lost: boolean;
}

interface Checkpoint {
  readonly seq: SeqNum;
  readonly state: Snapshot;
  readonly records: readonly Uint8Array[];
}

/**
 * The disk of one replica: a saved state, and segments of records since, one a stable checkpoint, as the real one keeps them.
 * A segment begins with the restatement that came with its checkpoint; the older ones go when the state of that checkpoint is
 * saved, which may be a while later.
 */
export class Disk {
  #state: Saved["state"] = null;
  #segments: Uint8Array[][] = [[]];
  #unsaved: Checkpoint | null = null;
  #lost = false;
  /** Records since a message last left: only these may be torn off by a crash. */
  #tail = 0;

  append(record: Uint8Array): void {
    this.#segments.at(-1)?.push(record);
    this.#tail += 1;
  }

  /** Everything so far was durable before this message left: also what the replica wrote down about its loss. */
  messageLeft(): void {
    this.#tail = 0;
    this.#lost = false;
  }

  /** A stable checkpoint: a new segment begins. */
  begin(checkpoint: Checkpoint): void {
    this.#segments.push([...checkpoint.records]);
    this.#unsaved = checkpoint;
    this.#tail = 0;
  }

  /** The state of the latest checkpoint becomes durable; the segments before it go. */
  save(): void {
    if (this.#unsaved === null) return;
    this.#state = { seq: this.#unsaved.seq, root: this.#unsaved.state };
    this.#segments = this.#segments.slice(-1);
    this.#unsaved = null;
  }

  /** The process ends: a state that was not saved yet is not, and the last records that nothing depended on may be gone. */
  crash(torn: number): void {
    this.#unsaved = null;
    const last = this.#segments.at(-1);
    const gone = Math.min(torn, this.#tail, last?.length ?? 0);
    if (gone > 0) last?.splice(-gone);
    this.#tail = 0;
  }

  wipe(): void {
    this.#state = null;
    this.#segments = [[]];
    this.#unsaved = null;
    this.#lost = true;
  }

  /** What a starting replica reads. That it has lost its memory is told until it has written that down itself. */
  read(): Saved {
    return { state: this.#state, records: this.#segments.flat(), lost: this.#lost };
  }
}
