import type { Digest } from "../ids.js";
import { isWireText } from "../wire/text.js";
import { type Hash, rootDigest } from "./merkle.js";
import { type Store, StoreError } from "./store.js";
import { type Snapshot, sizeOf, trieDelete, trieGet, triePut, trieScan } from "./trie.js";

/** The replicated state: a store whose contents have one digest, kept up to date at the cost of what changed. */
export class MerkleStore implements Store {
  #root: Snapshot;

  constructor(root: Snapshot = null) {
    this.#root = root;
  }

  get size(): number {
    return sizeOf(this.#root);
  }

  get(key: string): string | undefined {
    return trieGet(this.#root, key);
  }

  put(key: string, value: string): void {
    if (!isWireText(key) || !isWireText(value))
      throw new StoreError("keys and values must be well-formed Unicode text that does not begin with a byte order mark");
    this.#root = triePut(this.#root, key, value);
  }

  delete(key: string): boolean {
    const before = this.#root;
    this.#root = trieDelete(before, key);
    return this.#root !== before;
  }

  scan(from: string, to: string | null, limit: number): readonly (readonly [string, string])[] {
    return trieScan(this.#root, from, to, limit).map(({ key, value }) => [key, value]);
  }

  digest(hash: Hash): Digest {
    return rootDigest(this.#root, hash);
  }

  snapshot(): Snapshot {
    return this.#root;
  }

  /** Puts the store back to a snapshot: how a failed operation is undone, and how fetched state is installed. */
  restore(snapshot: Snapshot): void {
    this.#root = snapshot;
  }
}
