import { closeSync, openSync, write } from "node:fs";
import { makeRoom, type Ring, type RingBounds, ringFile } from "./ring.js";

/** Writes the segments of a ring, one after the other, and makes room for each. */
export class RingFile {
  readonly #ring: Ring;
  readonly #bounds: RingBounds;
  #open: { readonly segment: number; readonly fd: number } | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(ring: Ring, bounds: RingBounds) {
    this.#ring = ring;
    this.#bounds = bounds;
  }

  /**
   * Appends to a segment, which ends the one before. Not to be called again before it has ended.
   * @throws Error of the system, with which it rejects
   */
  async write(segment: number, bytes: Uint8Array): Promise<void> {
    const writing = writeWhole(this.#fileOf(segment), bytes);
    // Only waited for: whoever called is told of what went wrong.
    this.#writing = writing.catch(() => undefined);
    await writing;
  }

  close(): void {
    const open = this.#open;
    this.#open = null;
    // A write may be under way: its number must not be given to another file yet.
    if (open !== null) void this.#writing.then(() => closeSync(open.fd));
  }

  #fileOf(segment: number): number {
    if (this.#open?.segment === segment) return this.#open.fd;
    if (this.#open !== null) closeSync(this.#open.fd);
    this.#open = null;
    makeRoom(this.#ring, this.#bounds);
    this.#open = { fd: openSync(ringFile(this.#ring, segment), "w", 0o600), segment };
    return this.#open.fd;
  }
}

function writeWhole(fd: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error !== null) reject(error);
      else resolve(written === bytes.length ? undefined : writeWhole(fd, bytes.subarray(written)));
    });
  });
}
