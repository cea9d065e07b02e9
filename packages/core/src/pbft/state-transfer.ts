import type { Digest, ReplicaId } from "../ids.js";
import { invariant } from "../invariant.js";
import type { Signed } from "../machine.js";
import { leafGroups } from "../store/leaves.js";
import { contentDigest, decodeNode, encodeNode, type NodeContent, rootDigest } from "../store/merkle.js";
import { branch, leaf, SLOTS, type Snapshot, type TrieNode } from "../store/trie.js";
import { adoptStable, SNAPSHOTS_KEPT } from "./checkpoint.js";
import type { DropReason } from "./drop-reason.js";
import type { FetchState, StateNodes } from "./messages.js";
import { installedRecord, leavesRecord } from "./records.js";
import type { ReplicaState, StableCheckpoint, Transfer } from "./state.js";

/** Nodes asked for in one message, and bytes answered in one. */
const PATHS_MAX = 64;
const ANSWER_BYTES_MAX = 1 << 20;
/** Nodes that a transfer takes over from one target to the next; some of them may be of no use any more. */
const NODES_KEPT_MAX = 100_000;

/**
 * A checkpoint is stable elsewhere and can not be reached by executing: it lies beyond our window, or (asked at each status
 * timer) nothing was executed here for an interval, so what is below it is no longer to be had. Then its state is fetched:
 * from the root down, only what differs from our own, each node checked against the digest that its parent gives, the root
 * against the checkpoint's certificate (TOCS '02 §5.3.2).
 */
export function driveTransfer(r: ReplicaState): void {
  // While the digest of a checkpoint is being computed it is not known yet whether the state is ours.
  const stuck = r.lastExecuted === r.executedAtLastStatus && r.undigested.length === 0;
  r.executedAtLastStatus = r.lastExecuted;
  const { transfer } = r;
  if (transfer === null) {
    if (r.ahead !== null && stuck) startTransfer(r, r.ahead);
    return;
  }
  const answered = transfer.fetched > transfer.fetchedAtLastStatus;
  transfer.fetchedAtLastStatus = transfer.fetched;
  if (answered) return;
  // Nobody has this state any more, or the one who was asked is silent.
  if (r.ahead !== null && r.ahead.seq > transfer.target.seq) startTransfer(r, r.ahead);
  else askForNodes(r, transfer);
}

/**
 * Starts at once when the checkpoint lies beyond the window, and with a later target when the sources no longer have the present one:
 * they do not keep it for long.
 */
export function startTransferBeyondWindow(r: ReplicaState): void {
  const { ahead, transfer } = r;
  if (ahead === null) return;
  const oldest = ahead.seq - SNAPSHOTS_KEPT * r.config.checkpointInterval;
  if (transfer === null ? ahead.seq > r.log.high : transfer.target.seq < oldest) startTransfer(r, ahead);
}

/** A later target keeps what was fetched for the one before: most of the state is the same. */
function startTransfer(r: ReplicaState, target: StableCheckpoint): void {
  const before = r.transfer !== null && r.transfer.nodes.size <= NODES_KEPT_MAX ? r.transfer : null;
  r.transfer = {
    target,
    wanted: new Map(),
    nodes: before?.nodes ?? new Map(),
    fetched: before?.fetched ?? 0,
    fetchedAtLastStatus: before?.fetched ?? 0,
    source: before?.source ?? r.self,
  };
  want(r, r.transfer, "", target.stateDigest, r.state.snapshot());
  proceed(r, r.transfer);
}

/** Marks a node as wanted, unless it is here already. */
function want(r: ReplicaState, transfer: Transfer, path: string, digest: Digest, local: TrieNode | null): void {
  const known = transfer.nodes.get(digest);
  if (known !== undefined) {
    if (known.kind === "branch" && "children" in known) wantChildren(r, transfer, path, known, local);
  } else if (local !== null && rootDigest(local, r.ports.hash) === digest) transfer.nodes.set(digest, local);
  else transfer.wanted.set(path, { digest, local });
}

function proceed(r: ReplicaState, transfer: Transfer): void {
  if (transfer.wanted.size > 0) askForNodes(r, transfer);
  else install(r, transfer);
}

/** The next question goes to the next replica, so that a silent or lying one costs a share of the time and no more. */
function askForNodes(r: ReplicaState, transfer: Transfer): void {
  do transfer.source = ((transfer.source + 1) % r.config.replicas) as ReplicaId;
  while (transfer.source === r.self);
  const paths = [...transfer.wanted.keys()].slice(0, PATHS_MAX);
  r.send(transfer.source, r.sign<FetchState>({ kind: "fetch-state", seq: transfer.target.seq, paths }));
}

/** Answers from the snapshot of that checkpoint, as much as fits. Without the snapshot there is no answer. */
export function onFetchState(r: ReplicaState, from: ReplicaId, { message: { seq, paths } }: Signed<FetchState>): void {
  const snapshot = r.snapshots.get(seq);
  if (snapshot === undefined) return;
  const nodes: { path: string; bytes: Uint8Array }[] = [];
  let bytes = 0;
  for (const path of paths.slice(0, PATHS_MAX)) {
    const node = nodeAt(snapshot.root, path);
    if (node === undefined) continue;
    const encoded = encodeNode(node, r.ports.hash);
    if (nodes.length > 0 && bytes + encoded.length > ANSWER_BYTES_MAX) break;
    bytes += encoded.length;
    nodes.push({ path, bytes: encoded });
  }
  if (nodes.length > 0) r.send(from, r.sign<StateNodes>({ kind: "state-nodes", seq, nodes }));
}

/** The node at a path of slots from the root; undefined when there is none. */
function nodeAt(root: Snapshot, path: string): Snapshot | undefined {
  let node = root;
  for (const step of path) {
    if (node === null || node.kind !== "branch") return undefined;
    node = node.slots[step.charCodeAt(0) - FIRST_STEP] ?? null;
    if (node === null) return undefined;
  }
  return node;
}

const FIRST_STEP = "a".charCodeAt(0);

function stepTo(path: string, slot: number): string {
  return path + String.fromCharCode(FIRST_STEP + slot);
}

export function reasonToDropNodes(r: ReplicaState, { seq, nodes }: StateNodes): DropReason | null {
  const { transfer } = r;
  if (transfer === null || transfer.target.seq !== seq) return "not-asked-for";
  return nodes.some(({ path }) => transfer.wanted.has(path)) ? null : "not-asked-for";
}

export function onStateNodes(r: ReplicaState, { signer, message }: Signed<StateNodes>): void {
  const { transfer } = r;
  if (transfer === null || transfer.target.seq !== message.seq) return;
  for (const { path, bytes } of message.nodes) {
    const wanted = transfer.wanted.get(path);
    if (wanted === undefined) continue;
    const decoded = decodeNode(bytes);
    if (!decoded.ok) return r.drop(signer, "state-nodes", "node-malformed");
    if (contentDigest(decoded.message, r.ports.hash) !== wanted.digest)
      return r.drop(signer, "state-nodes", "node-digest-mismatch");
    transfer.wanted.delete(path);
    transfer.nodes.set(wanted.digest, decoded.message);
    transfer.fetched += 1;
    if (decoded.message.kind === "branch") wantChildren(r, transfer, path, decoded.message, wanted.local);
  }
  proceed(r, transfer);
}

function wantChildren(
  r: ReplicaState,
  transfer: Transfer,
  path: string,
  { depth, children }: Extract<NodeContent, { kind: "branch" }>,
  local: TrieNode | null,
): void {
  const sameShape = local !== null && local.kind === "branch" && local.depth === depth;
  for (const [slot, digest] of children.entries()) {
    if (digest === null) continue;
    want(r, transfer, stepTo(path, slot), digest, sameShape ? (local.slots[slot] ?? null) : null);
  }
}

/** All nodes are here: the state is put in place and written down, and execution goes on from there. */
function install(r: ReplicaState, { target, nodes }: Transfer): void {
  const root = build(nodes, target.stateDigest);
  invariant(rootDigest(root, r.ports.hash) === target.stateDigest, "the fetched nodes make up the attested state");
  for (const leaves of leafGroups(root, r.ports.hash)) r.persist(leavesRecord(target.seq, leaves));
  r.persist(installedRecord(target.certificate));
  installState(r, root, target);
  r.emit({ kind: "state-installed", seq: target.seq, stateDigest: target.stateDigest });
}

/** The change of state alone: also how recovery reads an installed state back. */
export function installState(r: ReplicaState, root: Snapshot, target: StableCheckpoint): void {
  r.state.restore(root);
  r.lastExecuted = target.seq;
  for (const seq of r.snapshots.keys()) if (seq > target.seq) r.snapshots.delete(seq);
  r.undigested = [];
  r.snapshots.set(target.seq, { digest: target.stateDigest, root });
  adoptStable(r, target);
}

function build(nodes: Transfer["nodes"], digest: Digest): Snapshot {
  const node = nodes.get(digest);
  invariant(node !== undefined, "every wanted node was fetched");
  if (node.kind === "leaf") return node.keys.length === 0 ? null : leaf(node.keys, node.values);
  if ("slots" in node) return node;
  const slots: (TrieNode | null)[] = new Array(SLOTS).fill(null);
  for (const [slot, child] of node.children.entries()) if (child !== null) slots[slot] = build(nodes, child);
  return branch(node.depth, node.sample, slots);
}
