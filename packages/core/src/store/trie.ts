import type { Digest } from "../ids.js";
import { invariant } from "../invariant.js";

/**
 * A persistent radix tree over strings whose shape depends only on what it holds, not on how it came to hold it. So equal
 * contents give equal Merkle roots. A change copies the path to the root and shares the rest: an old root stays a snapshot.
 *
 * A key is read as nibbles, four per UTF-16 code unit, high first. A set of at most LEAF_ENTRIES_MAX keys is a leaf; a
 * larger one is a branch at the first nibble in which its keys differ. Slot 0 of a branch is for the key that ends there,
 * slot 1 + d for nibble d; so walking the slots in order gives the keys in order.
 */
export type TrieNode = Leaf | Branch;

/** A root of the tree at one moment; null is the empty store. Costs nothing to keep but what changed since. */
export type Snapshot = TrieNode | null;

export interface Leaf {
  readonly kind: "leaf";
  /** In order. */
  readonly keys: readonly string[];
  /** One for each key. In arrays of their own: an object for each of a million entries is what a garbage collector would spend its time on. */
  readonly values: readonly string[];
  /** One for each key, of the key and its value; each set when it is first asked for, and taken over by later versions of the leaf. */
  readonly entryDigests: (Digest | null)[];
  /** Set when it is first asked for. Never changes, for the node never does. */
  digest: Digest | null;
}

export interface Branch {
  readonly kind: "branch";
  /** Every key below starts with the first `depth` nibbles of `sample`. */
  readonly depth: number;
  readonly sample: string;
  readonly slots: readonly (TrieNode | null)[];
  /** Number of keys below. */
  readonly size: number;
  digest: Digest | null;
}

/** One key and its value, as they come and go. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

export function entry(key: string, value: string): Entry {
  return { key, value };
}

export const LEAF_ENTRIES_MAX = 16;
export const SLOTS = 17;

export function sizeOf(node: TrieNode | null): number {
  if (node === null) return 0;
  return node.kind === "leaf" ? node.keys.length : node.size;
}

/** @param keys in order, each once */
export function leaf(keys: readonly string[], values: readonly string[], entryDigests = noDigests(keys)): Leaf {
  return { kind: "leaf", keys, values, entryDigests, digest: null };
}

/** None is known of these. */
export function noDigests(keys: readonly string[]): (Digest | null)[] {
  return keys.map(() => null);
}

export function branch(depth: number, sample: string, slots: readonly (TrieNode | null)[]): Branch {
  let size = 0;
  for (const child of slots) size += sizeOf(child);
  return { kind: "branch", depth, sample, slots, size, digest: null };
}

export function trieGet(node: TrieNode | null, key: string): string | undefined {
  let at = node;
  while (at !== null && at.kind === "branch") at = at.slots[slotOf(key, at.depth)] ?? null;
  if (at === null) return undefined;
  const index = position(at.keys, key);
  return at.keys[index] === key ? at.values[index] : undefined;
}

export function triePut(root: TrieNode | null, key: string, value: string): TrieNode {
  return putBelow(root, key, value, 0);
}

/** @param known how many nibbles of `key` are those of all keys below `node`: they need no second look */
function putBelow(node: TrieNode | null, key: string, value: string, known: number): TrieNode {
  if (node === null) return leaf([key], [value]);
  if (node.kind === "leaf") return withEntry(node, key, value);
  const { depth, sample, size } = node;
  const common = commonNibbles(sample, key, depth, known);
  if (common < depth) {
    const slots: (TrieNode | null)[] = new Array(SLOTS).fill(null);
    slots[slotOf(sample, common)] = node;
    slots[slotOf(key, common)] = leaf([key], [value]);
    return branch(common, key, slots);
  }
  const slot = slotOf(key, depth);
  const before = node.slots[slot] ?? null;
  const after = putBelow(before, key, value, depth);
  const slots = node.slots.slice();
  slots[slot] = after;
  return { kind: "branch", depth, sample, slots, size: size - sizeOf(before) + sizeOf(after), digest: null };
}

function withEntry(node: Leaf, key: string, value: string): TrieNode {
  const { keys, values, entryDigests } = node;
  const index = position(keys, key);
  if (keys[index] === key) return leaf(keys, withAt(values, index, value), withAt(entryDigests, index, null));
  return fromSorted(keys.toSpliced(index, 0, key), values.toSpliced(index, 0, value), entryDigests.toSpliced(index, 0, null));
}

function withAt<T>(items: readonly T[], index: number, item: T): T[] {
  const copy = items.slice();
  copy[index] = item;
  return copy;
}

/** The tree without `key`; the very same node when the key was not there. */
export function trieDelete(node: TrieNode | null, key: string): TrieNode | null {
  if (node === null) return null;
  if (node.kind === "leaf") {
    const index = position(node.keys, key);
    if (node.keys[index] !== key) return node;
    if (node.keys.length === 1) return null;
    return leaf(node.keys.toSpliced(index, 1), node.values.toSpliced(index, 1), node.entryDigests.toSpliced(index, 1));
  }
  if (commonNibbles(node.sample, key, node.depth) < node.depth) return node;
  const slot = slotOf(key, node.depth);
  const before = node.slots[slot] ?? null;
  const after = trieDelete(before, key);
  if (after === before) return node;
  if (node.size - 1 <= LEAF_ENTRIES_MAX) {
    return oneLeaf(node.slots.map((child, i) => (i === slot ? after : child)));
  }
  const slots = node.slots.slice();
  slots[slot] = after;
  const filled = slots.filter((child) => child !== null);
  if (filled.length === 1) return filled[0] as TrieNode;
  return { kind: "branch", depth: node.depth, sample: node.sample, slots, size: node.size - 1, digest: null };
}

/** Entries with `from <= key` and, unless `to` is null, `key < to`, in order, at most `limit`. */
export function trieScan(node: TrieNode | null, from: string, to: string | null, limit: number): Entry[] {
  const found: Entry[] = [];
  scanInto(node, from, to, limit, found);
  return found;
}

/** The canonical tree of any entries, each key once; null for none. */
export function treeOf(entries: readonly Entry[]): TrieNode | null {
  if (entries.length === 0) return null;
  const sorted = [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
  return fromSorted(
    sorted.map(({ key }) => key),
    sorted.map(({ value }) => value),
  );
}

/** The canonical tree of keys that are in order, each once, with their values. At least one. */
function fromSorted(keys: readonly string[], values: readonly string[], entryDigests = noDigests(keys)): TrieNode {
  if (keys.length <= LEAF_ENTRIES_MAX) return leaf(keys, values, entryDigests);
  const first = keys[0];
  const last = keys[keys.length - 1];
  invariant(first !== undefined && last !== undefined, "more than one entry has a first and a last");
  const depth = commonNibbles(first, last, 4 * Math.min(first.length, last.length));
  const slots: (TrieNode | null)[] = new Array(SLOTS).fill(null);
  let start = 0;
  while (start < keys.length) {
    const slot = slotOf(keys[start] as string, depth);
    let end = start + 1;
    while (end < keys.length && slotOf(keys[end] as string, depth) === slot) end += 1;
    slots[slot] = fromSorted(keys.slice(start, end), values.slice(start, end), entryDigests.slice(start, end));
    start = end;
  }
  return branch(depth, first, slots);
}

function scanInto(node: TrieNode | null, from: string, to: string | null, limit: number, found: Entry[]): void {
  if (node === null || found.length >= limit) return;
  if (node.kind === "leaf") {
    for (const [i, key] of node.keys.entries()) {
      if (found.length >= limit || (to !== null && key >= to)) return;
      if (key >= from) found.push(entry(key, node.values[i] as string));
    }
    return;
  }
  const common = commonNibbles(node.sample, from, node.depth);
  // Where the common nibbles already differ from `from`, all keys below lie on one side of it.
  if (common < node.depth && slotOf(node.sample, common) < slotOf(from, common)) return;
  if (to !== null) {
    const commonEnd = commonNibbles(node.sample, to, node.depth);
    if (commonEnd < node.depth && slotOf(node.sample, commonEnd) >= slotOf(to, commonEnd)) return;
  }
  const first = common < node.depth ? 0 : slotOf(from, node.depth);
  for (let slot = first; slot < SLOTS; slot++) scanInto(node.slots[slot] ?? null, from, to, limit, found);
}

/** A leaf of all that is below these nodes. */
function oneLeaf(nodes: readonly (TrieNode | null)[]): Leaf {
  const leaves = nodes.filter((node) => node !== null).map((node) => (node.kind === "leaf" ? node : oneLeaf(node.slots)));
  return leaf(
    leaves.flatMap(({ keys }) => keys),
    leaves.flatMap(({ values }) => values),
    leaves.flatMap(({ entryDigests }) => entryDigests),
  );
}

/** Index of the first key that is not less than `key`. */
function position(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The slot that `key` takes in a branch at `depth` nibbles. */
function slotOf(key: string, depth: number): number {
  const unit = depth >> 2;
  if (unit >= key.length) return 0;
  return 1 + ((key.charCodeAt(unit) >> (12 - 4 * (depth & 3))) & 15);
}

/** How many leading nibbles two keys share, at most `max`; that they share the first `known` is known. */
function commonNibbles(a: string, b: string, max: number, known = 0): number {
  const units = Math.min(a.length, b.length, (max + 3) >> 2);
  for (let i = known >> 2; i < units; i++) {
    const difference = a.charCodeAt(i) ^ b.charCodeAt(i);
    if (difference !== 0) return Math.min(max, 4 * i + ((Math.clz32(difference) - 16) >> 2));
  }
  return Math.min(max, 4 * units);
}
