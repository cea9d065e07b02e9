/**
 * What a service may do with the replicated state. Keys and values are well-formed strings; keys are ordered by UTF-16
 * code units, as JavaScript's `<` does.
 */
export interface Store {
  get(key: string): string | undefined;
  /** @throws StoreError when key or value is no well-formed text or too long: the operation then fails alike everywhere. */
  put(key: string, value: string): void;
  /** True when the key was there. */
  delete(key: string): boolean;
  /** Entries with `from <= key < to` in order of key, at most `limit`. */
  scan(from: string, to: string | null, limit: number): readonly (readonly [key: string, value: string])[];
}

/** What a service may not do with the store. Its message is the same everywhere, so it may become a result. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** Longest key that a service may use, in UTF-16 code units. */
export const KEY_LENGTH_MAX = 250;
/** Longest value that a service may store, in UTF-16 code units. */
export const VALUE_LENGTH_MAX = 65_536;

/** A store that can be read only: for operations that are not ordered. */
export class ReadOnlyStore implements Store {
  readonly #inner: Store;

  constructor(inner: Store) {
    this.#inner = inner;
  }

  get(key: string): string | undefined {
    return this.#inner.get(key);
  }

  put(): never {
    throw new StoreError("a read-only request can not write; submit it as an ordinary one");
  }

  delete(): never {
    return this.put();
  }

  scan(from: string, to: string | null, limit: number): readonly (readonly [string, string])[] {
    return this.#inner.scan(from, to, limit);
  }
}

/** A store seen through a prefix: services and the client table share one tree without seeing each other. */
export class PrefixStore implements Store {
  readonly #inner: Store;
  readonly #prefix: string;
  readonly #valueLengthMax: number;

  constructor(inner: Store, prefix: string, valueLengthMax = VALUE_LENGTH_MAX) {
    this.#inner = inner;
    this.#prefix = prefix;
    this.#valueLengthMax = valueLengthMax;
  }

  get(key: string): string | undefined {
    return this.#inner.get(this.#prefix + key);
  }

  put(key: string, value: string): void {
    if (key.length > KEY_LENGTH_MAX)
      throw new StoreError(`a key has at most ${KEY_LENGTH_MAX} characters, this one has ${key.length}`);
    if (value.length > this.#valueLengthMax)
      throw new StoreError(`a value has at most ${this.#valueLengthMax} characters, this one has ${value.length}`);
    this.#inner.put(this.#prefix + key, value);
  }

  delete(key: string): boolean {
    return this.#inner.delete(this.#prefix + key);
  }

  scan(from: string, to: string | null, limit: number): readonly (readonly [string, string])[] {
    const end = to === null ? this.#prefixEnd() : this.#prefix + to;
    return this.#inner.scan(this.#prefix + from, end, limit).map(([key, value]) => [key.slice(this.#prefix.length), value]);
  }

  /** The first key after all that start with the prefix. */
  #prefixEnd(): string {
    const last = this.#prefix.charCodeAt(this.#prefix.length - 1);
    return this.#prefix.slice(0, -1) + String.fromCharCode(last + 1);
  }
}
