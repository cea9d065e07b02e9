const ENTRIES_MAX = 1024;

/**
 * What a library makes of 32 key bytes, kept by their value. A cluster has few keys, so when it is full it starts anew:
 * a peer can make it work again but not grow.
 */
export class KeyCache<T> {
  readonly #made = new Map<string, T>();
  readonly #make: (key: Buffer) => T;

  /** @param make is handed a copy of the key bytes that is its own to keep. */
  constructor(make: (key: Buffer) => T) {
    this.#make = make;
  }

  get(key: Uint8Array): T {
    const name = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
    let made = this.#made.get(name);
    if (made === undefined) {
      if (this.#made.size >= ENTRIES_MAX) this.#made.clear();
      made = this.#make(Buffer.from(key));
      this.#made.set(name, made);
    }
    return made;
  }
}
