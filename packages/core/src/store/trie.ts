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
  /** In order of key. */
  readonly entries: readonly Entry[];
  /** Set when it is first asked for. Never changes, for the node never does. */
  digest: Uint8Array | null;
}

export interface Branch {
  readonly kind: "branch";
  /** Every key below starts with the first `depth` nibbles of `sample`. */
  readonly depth: number;
  readonly sample: string;
  readonly slots: readonly (TrieNode | null)[];
  /** Number of keys below. */
  readonly size: number;
  digest: Uint8Array | null;
}

/** One key and its value. Shared by all versions of the tree that hold it, and with it its digest. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  /** 32 bytes, set when it is first asked for. */
  digest: Uint8Array | null;
}

export function entry(key: string, value: string): Entry {
  return { key, value, digest: null };
}

export const LEAF_ENTRIES_MAX = 16;
export const SLOTS = 17;

export function sizeOf(node: TrieNode | null): number {
  if (node === null) return 0;
  return node.kind === "leaf" ? node.entries.length : node.size;
}

export function leaf(entries: readonly Entry[]): Leaf {
  return { kind: "leaf", entries, digest: null };
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
  const index = position(at.entries, key);
  const found = at.entries[index];
  return found !== undefined && found.key === key ? found.value : undefined;
}

export function triePut(root: TrieNode | null, key: string, value: string): TrieNode {
  return putBelow(root, key, value, 0);
}

/** @param known how many nibbles of `key` are those of all keys below `node`: they need no second look */
function putBelow(node: TrieNode | null, key: string, value: string, known: number): TrieNode {
  if (node === null) return leaf([entry(key, value)]);
  if (node.kind === "leaf") return withEntry(node, entry(key, value));
  const { depth, sample, size } = node;
  const common = commonNibbles(sample, key, depth, known);
  if (common < depth) {
    const slots: (TrieNode | null)[] = new Array(SLOTS).fill(null);
    slots[slotOf(sample, common)] = node;
    slots[slotOf(key, common)] = leaf([entry(key, value)]);
    return branch(common, key, slots);
  }
  const slot = slotOf(key, depth);
  const before = node.slots[slot] ?? null;
  const after = putBelow(before, key, value, depth);
  const slots = node.slots.slice();
  slots[slot] = after;
  return { kind: "branch", depth, sample, slots, size: size - sizeOf(before) + sizeOf(after), digest: null };
}

function withEntry({ entries }: Leaf, added: Entry): TrieNode {
  const index = position(entries, added.key);
  const after = entries.slice();
  if (entries[index]?.key !== added.key) {
    after.splice(index, 0, added);
    return fromEntries(after);
  }
  after[index] = added;
  return leaf(after);
}

/** The tree without `key`; the very same node when the key was not there. */
export function trieDelete(node: TrieNode | null, key: string): TrieNode | null {
  if (node === null) return null;
  if (node.kind === "leaf") {
    const index = position(node.entries, key);
    if (node.entries[index]?.key !== key) return node;
    const entries = node.entries.slice();
    entries.splice(index, 1);
    return entries.length === 0 ? null : leaf(entries);
  }
  if (commonNibbles(node.sample, key, node.depth) < node.depth) return node;
  const slot = slotOf(key, node.depth);
  const before = node.slots[slot] ?? null;
  const after = trieDelete(before, key);
  if (after === before) return node;
  if (node.size - 1 <= LEAF_ENTRIES_MAX) {
    return leaf(collect(node.slots.map((child, i) => (i === slot ? after : child))));
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
  return fromEntries([...entries].sort((a, b) => (a.key < b.key ? -1 : 1)));
}

/** The canonical tree of entries that are in order of key, each key once. At least one. */
function fromEntries(entries: readonly Entry[]): TrieNode {
  if (entries.length <= LEAF_ENTRIES_MAX) return leaf(entries);
  const first = entries[0]?.key;
  const last = entries[entries.length - 1]?.key;
  invariant(first !== undefined && last !== undefined, "more than one entry has a first and a last");
  const depth = commonNibbles(first, last, 4 * Math.min(first.length, last.length));
  const slots: (TrieNode | null)[] = new Array(SLOTS).fill(null);
  let start = 0;
  while (start < entries.length) {
    const slot = slotOf((entries[start] as Entry).key, depth);
    let end = start + 1;
    while (end < entries.length && slotOf((entries[end] as Entry).key, depth) === slot) end += 1;
    slots[slot] = fromEntries(entries.slice(start, end));
    start = end;
  }
  return branch(depth, first, slots);
}

function scanInto(node: TrieNode | null, from: string, to: string | null, limit: number, found: Entry[]): void {
  if (node === null || found.length >= limit) return;
  if (node.kind === "leaf") {
    for (const each of node.entries) {
      if (found.length >= limit || (to !== null && each.key >= to)) return;
      if (each.key >= from) found.push(each);
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

function collect(nodes: readonly (TrieNode | null)[]): Entry[] {
  const entries: Entry[] = [];
  for (const node of nodes) {
    if (node === null) continue;
    if (node.kind === "leaf") entries.push(...node.entries);
    else entries.push(...collect(node.slots));
  }
  return entries;
}

/** Index of the first entry whose key is not less than `key`. */
function position(entries: readonly Entry[], key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle] as Entry).key < key) low = middle + 1;
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
