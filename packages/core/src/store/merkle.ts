import { toHex, writeHex } from "../bytes.js";
import type { Digest } from "../ids.js";
import type { Decoded } from "../machine.js";
import { decodeWire, encodeWire, encodeWireBriefly } from "../wire/cbor.js";
import { Reader } from "../wire/reader.js";
import { LEAF_ENTRIES_MAX, type Leaf, noDigests, SLOTS, type Snapshot, type TrieNode } from "./trie.js";

/**
 * The Merkle digests of a tree. Each kind of thing is hashed under a first byte of its own, so that none passes for another:
 * an entry as the CBOR of [key, value] (0x82), a leaf as 0x00 and its entries' digests, a branch as 0x01, its depth, its
 * prefix, which slots are taken, and their digests.
 */
export type Hash = (bytes: Uint8Array) => Digest;

const DIGEST_BYTES = 32;
const LEAF_MARK = 0;
const BRANCH_MARK = 1;
/** Deepest branch: the nibbles of the longest key with its prefix. */
const DEPTH_MAX = 4 * 256;

/** Digest of a tree: equal exactly when the contents are equal. Computes only what has none yet. */
export function rootDigest(node: Snapshot, hash: Hash): Digest {
  return node === null ? hash(Uint8Array.of(LEAF_MARK)) : nodeDigest(node, hash);
}

/**
 * Computes some of the digests that are missing, so that a large tree need not be hashed in one go.
 * @param most how many, entries counted too; a whole leaf at a time, so it may become a few more
 * @returns true when none is missing any more
 */
export function digestSome(root: Snapshot, hash: Hash, most: number): boolean {
  return root === null || digestBelow(root, hash, { left: most });
}

function digestBelow(node: TrieNode, hash: Hash, budget: { left: number }): boolean {
  if (node.digest !== null) return true;
  if (budget.left <= 0) return false;
  if (node.kind === "leaf") budget.left -= node.entryDigests.filter((digest) => digest === null).length;
  else for (const child of node.slots) if (child !== null && !digestBelow(child, hash, budget)) return false;
  nodeDigest(node, hash);
  budget.left -= 1;
  return true;
}

function nodeDigest(node: TrieNode, hash: Hash): Digest {
  node.digest ??=
    node.kind === "leaf" ? leafDigest(node, node.entryDigests, hash) : branchDigest(node, childDigests(node, hash), hash);
  return node.digest;
}

/** What is hashed of a node is put together here, and used up before anything else is. */
const scratch = new Uint8Array(6 + 2 * 256 + DIGEST_BYTES * SLOTS);

/** @param entryDigests those that are known; the others are put in */
function leafDigest({ keys, values }: LeafContent, entryDigests: (Digest | null)[], hash: Hash): Digest {
  for (let i = 0; i < keys.length; i++) entryDigests[i] ??= hash(encodeWireBriefly([keys[i] as string, values[i] as string]));
  scratch[0] = LEAF_MARK;
  return hash(scratch.subarray(0, writeDigests(scratch, 1, entryDigests).end));
}

function childDigests(node: Extract<TrieNode, { kind: "branch" }>, hash: Hash): readonly (Digest | null)[] {
  return node.slots.map((child) => (child === null ? null : nodeDigest(child, hash)));
}

function branchDigest({ depth, sample }: Prefix, children: readonly (Digest | null)[], hash: Hash): Digest {
  const from = 6 + writePrefix(scratch, 6, sample, depth);
  const { taken, end } = writeDigests(scratch, from, children);
  scratch[0] = BRANCH_MARK;
  scratch[1] = depth >> 8;
  scratch[2] = depth & 0xff;
  scratch[3] = taken >> 16;
  scratch[4] = (taken >> 8) & 0xff;
  scratch[5] = taken & 0xff;
  return hash(scratch.subarray(0, end));
}

/** Writes digests one after the other. Returns which there are, bit i for the i-th, and where they end. */
function writeDigests(target: Uint8Array, from: number, digests: readonly (Digest | null)[]): { taken: number; end: number } {
  let taken = 0;
  let end = from;
  for (let i = 0; i < digests.length; i++) {
    const digest = digests[i] ?? null;
    if (digest === null) continue;
    taken |= 1 << i;
    writeHex(target, end, digest);
    end += DIGEST_BYTES;
  }
  return { taken, end };
}

/** What all keys below a branch begin with: the first `depth` nibbles of `sample`. */
interface Prefix {
  readonly depth: number;
  readonly sample: string;
}

/** A node as it is transferred. What it says is worth nothing before `contentDigest` is what the parent names. */
export type NodeContent = LeafContent | BranchContent;

type LeafContent = Pick<Leaf, "kind" | "keys" | "values">;

interface BranchContent {
  readonly kind: "branch";
  readonly depth: number;
  /** The common first `depth` nibbles, as text. */
  readonly sample: string;
  /** One for each slot; null for an empty slot. */
  readonly children: readonly (Digest | null)[];
}

/** The digest of the node that has this content. */
export function contentDigest(content: NodeContent, hash: Hash): Digest {
  return content.kind === "leaf"
    ? leafDigest(content, noDigests(content.keys), hash)
    : branchDigest(content, content.children, hash);
}

/** A node's bytes for transfer: a leaf's keys and values, or a branch's depth, prefix, and the digests of its children. */
export function encodeNode(node: Snapshot, hash: Hash): Uint8Array {
  if (node === null) return encodeWire([LEAF_MARK, []]);
  if (node.kind === "leaf") return encodeWire([LEAF_MARK, node.keys.flatMap((key, i) => [key, node.values[i] as string])]);
  const digests = new Uint8Array(DIGEST_BYTES * SLOTS);
  const { taken, end } = writeDigests(digests, 0, childDigests(node, hash));
  return encodeWire([BRANCH_MARK, node.depth, prefixBytes(node.sample, node.depth), taken, digests.subarray(0, end)]);
}

/** Reads a node. Never throws. */
export function decodeNode(bytes: Uint8Array): Decoded<NodeContent> {
  const decoded = decodeWire(bytes, { depthMax: 2, itemsMax: 64 });
  if (!("value" in decoded)) return { ok: false, error: decoded };
  const reader = new Reader(decoded.value);
  const content = reader.integer("node kind", BRANCH_MARK) === LEAF_MARK ? readLeaf(reader) : readBranch(reader);
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
  return { kind: "leaf", keys: texts.filter((_, i) => i % 2 === 0), values: texts.filter((_, i) => i % 2 === 1) };
}

function readBranch(reader: Reader): NodeContent {
  const depth = reader.integer("depth", DEPTH_MAX);
  const sample = prefixText(reader.bytesOfLength("prefix", 2 * ((depth + 3) >> 2)));
  const taken = reader.integer("taken slots", 2 ** SLOTS - 1);
  const digests = reader.bytes("digests", DIGEST_BYTES * SLOTS);
  const children: (Digest | null)[] = [];
  let at = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const isTaken = ((taken >> slot) & 1) === 1;
    children.push(isTaken ? (toHex(digests.subarray(at, at + DIGEST_BYTES)) as Digest) : null);
    if (isTaken) at += DIGEST_BYTES;
  }
  if (at !== digests.length) reader.fail(`digests: ${DIGEST_BYTES} bytes for each taken slot were expected`);
  return { kind: "branch", depth, sample, children };
}

/** The first `depth` nibbles of a key as bytes, two a code unit, the rest of the last unit zero. Returns how many. */
function writePrefix(target: Uint8Array, from: number, key: string, depth: number): number {
  const units = (depth + 3) >> 2;
  for (let i = 0; i < units; i++) {
    const nibbles = Math.min(4, depth - 4 * i);
    const unit = key.charCodeAt(i) & (0xffff << (16 - 4 * nibbles));
    target[from + 2 * i] = unit >> 8;
    target[from + 2 * i + 1] = unit & 0xff;
  }
  return 2 * units;
}

function prefixBytes(key: string, depth: number): Uint8Array {
  const bytes = new Uint8Array(2 * ((depth + 3) >> 2));
  writePrefix(bytes, 0, key, depth);
  return bytes;
}

function prefixText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i + 1 < bytes.length; i += 2)
    text += String.fromCharCode(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  return text;
}
