import type { Digest } from "../ids.js";
import { decodeNode, encodeNode } from "./merkle.js";
import { type Snapshot, type TrieNode, triePut } from "./trie.js";

/** Leaves in one group at the most, and bytes after which the next one begins. */
const GROUP_LEAVES_MAX = 1024;
const GROUP_BYTES = 1 << 20;

type Hash = (bytes: Uint8Array) => Digest;

/** The leaves of a state from left to right, encoded, in groups of about a mebibyte: as records and messages carry them. */
export function* leafGroups(root: Snapshot, hash: Hash): IterableIterator<readonly Uint8Array[]> {
  let group: Uint8Array[] = [];
  let bytes = 0;
  for (const each of leavesOf(root)) {
    const encoded = encodeNode(each, hash);
    group.push(encoded);
    bytes += encoded.length;
    if (bytes < GROUP_BYTES && group.length < GROUP_LEAVES_MAX) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

function* leavesOf(node: Snapshot): IterableIterator<TrieNode> {
  if (node === null) return;
  if (node.kind === "leaf") yield node;
  else for (const child of node.slots) yield* leavesOf(child);
}

/** Puts encoded leaves into a state. Null when one of them is no leaf. */
export function withLeaves(root: Snapshot, leaves: Iterable<Uint8Array>): { readonly root: Snapshot } | null {
  let result = root;
  for (const bytes of leaves) {
    const node = decodeNode(bytes);
    if (!node.ok || node.message.kind !== "leaf") return null;
    const { keys, values } = node.message;
    for (const [i, key] of keys.entries()) result = triePut(result, key, values[i] as string);
  }
  return { root: result };
}
