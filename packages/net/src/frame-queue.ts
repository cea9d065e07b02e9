const COMPACT_AT = 1024;

/** Frames that wait for a socket, oldest first. */
export class FrameQueue {
  #frames: Uint8Array[] = [];
  #first = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#frames.length - this.#first;
  }

  push(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  /** Drops the oldest frames until at most `bytesMax` remain; returns how many it dropped. */
  dropOldest(bytesMax: number): number {
    let dropped = 0;
    while (this.#bytes > bytesMax && this.#shift() !== null) dropped++;
    return dropped;
  }

  /** Takes the oldest frames of together at most `bytesMax`, at least one, as one run of bytes. Null when there are none. */
  take(bytesMax: number): { readonly bytes: Uint8Array; readonly frames: number } | null {
    const first = this.#shift();
    if (first === null) return null;
    const run = [first];
    let total = first.length;
    for (let next = this.#frames[this.#first]; next !== undefined; next = this.#frames[this.#first]) {
      if (total + next.length > bytesMax) break;
      run.push(next);
      total += next.length;
      this.#shift();
    }
    return { bytes: run.length === 1 ? first : Buffer.concat(run, total), frames: run.length };
  }

  clear(): void {
    this.#frames = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  #shift(): Uint8Array | null {
    const frame = this.#frames[this.#first];
    if (frame === undefined) return null;
    this.#first++;
    this.#bytes -= frame.length;
    if (this.#first >= COMPACT_AT && 2 * this.#first >= this.#frames.length) {
      this.#frames.splice(0, this.#first);
      this.#first = 0;
    }
    return frame;
  }
}
