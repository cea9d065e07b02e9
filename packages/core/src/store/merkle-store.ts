import { fromHex } from "../bytes.js";
import type { Digest } from "../ids.js";
import type { Decoded } from "../machine.js";
import { decodeWire, encodeWire, type WireValue } from "../wire/cbor.js";
import { Reader } from "../wire/reader.js";
import { isWireText } from "../wire/text.js";
import { type Store, StoreError } from "./store.js";
import { type Entry, LEAF_ENTRIES_MAX, SLOTS, sizeOf, type TrieNode, trieDelete, trieGet, triePut, trieScan } from "./trie.js";

/** Deepest branch: the nibbles of the longest key with its prefix. */
const DEPTH_MAX = 4 * 256;

/** A root of the tree at one moment; null is the empty store. Costs nothing to keep but what changed since. */
export type Snapshot = TrieNode | null;

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
    return trieScan(this.#root, from, to, limit);
  }

  digest(hash: (bytes: Uint8Array) => Digest): Digest {
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

/** Digest of a tree: equal exactly when the contents are equal. Computes only nodes that have none yet. */
export function rootDigest(node: Snapshot, hash: (bytes: Uint8Array) => Digest): Digest {
  if (node === null) return hash(encodeWire([0, []]));
  if (node.digest === null) node.digest = hash(encodeNode(node, hash));
  return node.digest as Digest;
}

/** A node's bytes as they are hashed and transferred: a leaf's entries, or a branch's depth and the digests of its children. */
export function encodeNode(node: Snapshot, hash: (bytes: Uint8Array) => Digest): Uint8Array {
  if (node === null) return encodeWire([0, []]);
  if (node.kind === "leaf") return encodeWire([0, node.entries.flat()]);
  const children: WireValue[] = node.slots.map((child) => (child === null ? null : fromHex(rootDigest(child, hash))));
  return encodeWire([1, node.depth, prefixBytes(node.sample, node.depth), children]);
}

/** The first `depth` nibbles of a key as bytes, two a code unit, the rest of the last unit zero. */
function prefixBytes(key: string, depth: number): Uint8Array {
  const units = (depth + 3) >> 2;
  const bytes = new Uint8Array(2 * units);
  for (let i = 0; i < units; i++) {
    const nibbles = Math.min(4, depth - 4 * i);
    const unit = key.charCodeAt(i) & (0xffff << (16 - 4 * nibbles));
    bytes[2 * i] = unit >> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return bytes;
}

function prefixText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  return text;
}

/** What a node's bytes say. The caller has checked them against the digest that it expects. */
export type NodeContent =
  | { readonly kind: "leaf"; readonly entries: readonly Entry[] }
  | { readonly kind: "branch"; readonly depth: number; readonly sample: string; readonly children: readonly (Digest | null)[] };

/** Reads a node. Never throws. */
export function decodeNode(bytes: Uint8Array): Decoded<NodeContent> {
  const decoded = decodeWire(bytes, { depthMax: 2, itemsMax: 64 });
  if (!("value" in decoded)) return { ok: false, error: decoded };
  const reader = new Reader(decoded.value);
  const content = reader.integer("node kind", 1) === 0 ? readLeaf(reader) : readBranch(reader);
  reader.end();
  if (reader.problem !== null) return { ok: false, error: { code: "payload-bad-shape", detail: reader.problem } };
  return { ok: true, message: content };
}

function readLeaf(reader: Reader): NodeContent {
  const texts = reader.list("entries", 2 * LEAF_ENTRIES_MAX, (item, outer) => {
    if (typeof item === "string") return item;
    outer.fail("entry: a text was expected");
    return "";
  });
  if (texts.length % 2 !== 0) reader.fail("entries: a value for each key was expected");
  const entries: Entry[] = [];
  for (let i = 0; i + 1 < texts.length; i += 2) entries.push([texts[i] as string, texts[i + 1] as string]);
  return { kind: "leaf", entries };
}

function readBranch(reader: Reader): NodeContent {
  const depth = reader.integer("depth", DEPTH_MAX);
  const sample = prefixText(reader.bytesOfLength("prefix", 2 * ((depth + 3) >> 2)));
  const children = reader.list("children", SLOTS, (item, outer) =>
    item === null ? null : outer.nested([item], (inner) => inner.digest("child")),
  );
  if (children.length !== SLOTS) reader.fail(`children: ${SLOTS} were expected`);
  return { kind: "branch", depth, sample, children };
}
