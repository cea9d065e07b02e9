import { forgettableUpTo } from "../crash/kept.js";
import type { StateAt } from "../crash/state.js";
import { INTEGER_MAX, type ReplicaId, type SeqNum } from "../ids.js";
import type { Signed } from "../machine.js";
import { requestKey } from "../replication/request-pool.js";
import { leafGroups, withLeaves } from "../store/leaves.js";
import { rootDigest } from "../store/merkle.js";
import type { PaxosDropReason } from "./drop-reason.js";
import type { FetchSnapshot, SnapshotPart } from "./messages.js";
import { installedRecord, leavesRecord } from "./records.js";
import { restate } from "./restatement.js";
import type { PaxosState, SnapshotCursor, Transfer } from "./state.js";

/** Ticks after which who asked for values is no longer waited for. */
const FETCHING_TICKS = 64;
/** Parts of a mebibyte each that a snapshot may have. */
const PARTS_MAX = 4096;

/**
 * Every K instances the state is kept as a snapshot that stands for all before it. We differ: the paper's instances are kept for ever.
 * Those since the snapshot before stay in memory for replicas that are a little behind, and what those
 * lack who are being sent a snapshot or ask for values; who is further behind gets the snapshot.
 */
export function takeSnapshot(r: PaxosState): void {
  if (r.lastExecuted % r.config.checkpointInterval !== 0 || r.lastExecuted <= r.snapshot.seq) return;
  const sent = [...r.cursors.values()].map(({ seq }) => seq);
  const asked = [...r.fetching.values()].filter(({ tick }) => r.tick - tick < FETCHING_TICKS).map(({ from }) => from - 1);
  const bytesAt = (seq: number) => r.instances.peek(seq as SeqNum)?.chosen?.value.bytes.length ?? 0;
  const free = forgettableUpTo(Math.min(...sent, ...asked, r.snapshot.seq), r.snapshot.seq, r.config.checkpointInterval, bytesAt);
  r.low = Math.max(r.low, free) as SeqNum;
  r.snapshot = r.stateNow();
  r.instances.forgetUpTo(r.low);
  r.snapshotIsNew = true;
}

/** Tells the host that the snapshot can take the place of all records so far. At the end of a step only, when all is in the state. */
export function tellSnapshot(r: PaxosState): void {
  if (!r.snapshotIsNew) return;
  r.snapshotIsNew = false;
  const { seq, stateDigest, root } = r.snapshot;
  r.emit({ kind: "checkpoint-stable", seq, stateDigest, state: root, records: restate(r) });
}

/** One part of a snapshot; another snapshot than asked for is sent from its beginning. */
export function sendSnapshot(r: PaxosState, to: ReplicaId, seq: SeqNum, part: number): void {
  let cursor = r.cursors.get(to);
  if (cursor === undefined || cursor.seq !== seq || !moveTo(cursor, part)) {
    cursor = cursorAt(r, r.snapshot);
    r.cursors.set(to, cursor);
  }
  const { stateDigest, leaves, following } = cursor;
  const message: SnapshotPart = {
    kind: "snapshot",
    seq: cursor.seq,
    stateDigest,
    part: cursor.part,
    last: following === null,
    leaves,
  };
  r.send(to, r.sign(message));
}

function cursorAt(r: PaxosState, { seq, stateDigest, root }: StateAt): SnapshotCursor {
  const groups = leafGroups(root, r.ports.hash);
  return { seq, stateDigest, groups, part: 0, leaves: nextGroup(groups) ?? [], following: nextGroup(groups) };
}

/** A part can be had twice, and then the next one. */
function moveTo(cursor: SnapshotCursor, part: number): boolean {
  if (part === cursor.part) return true;
  if (part !== cursor.part + 1 || cursor.following === null) return false;
  cursor.part = part;
  cursor.leaves = cursor.following;
  cursor.following = nextGroup(cursor.groups);
  return true;
}

function nextGroup(groups: Iterator<readonly Uint8Array[]>): readonly Uint8Array[] | null {
  const { done, value } = groups.next();
  return done === true ? null : value;
}

export function onFetchSnapshot(r: PaxosState, from: ReplicaId, { message }: Signed<FetchSnapshot>): PaxosDropReason | null {
  if (r.snapshot.seq === 0) return "nothing-to-tell";
  sendSnapshot(r, from, message.seq, message.part);
  return null;
}

export function reasonToDropPart(r: PaxosState, from: ReplicaId, { seq, part }: SnapshotPart): PaxosDropReason | null {
  const { catchUp, transfer } = r;
  if (seq <= r.lastExecuted) return "already-executed";
  if (catchUp === null || !catchUp.asked.has(from)) return "not-asked-for";
  if (part >= PARTS_MAX) return "snapshot-too-large";
  // No window fits behind it: nobody has executed so much.
  if (seq > INTEGER_MAX - r.window) return "snapshot-malformed";
  if (transfer === null) return part === 0 ? null : "not-asked-for";
  if (from !== transfer.source) return "not-asked-for";
  if (seq === transfer.seq) return part === transfer.next ? null : "duplicate";
  // The source has lost its place, and begins anew with a later snapshot.
  return part === 0 && seq > transfer.seq ? null : "not-asked-for";
}

/** Parts come in order, each asked for when the one before it is here. */
export function onPart(r: PaxosState, from: ReplicaId, { message }: Signed<SnapshotPart>): PaxosDropReason | null {
  const { seq, stateDigest, part, last, leaves } = message;
  const transfer: Transfer =
    part === 0 || r.transfer === null ? { source: from, seq, stateDigest, next: 0, root: null } : r.transfer;
  r.transfer = null;
  const grown = withLeaves(transfer.root, leaves);
  if (grown === null) return "snapshot-malformed";
  transfer.root = grown.root;
  transfer.next = part + 1;
  if (!last) {
    r.transfer = transfer;
    r.send(from, r.sign<FetchSnapshot>({ kind: "fetch-snapshot", seq, part: transfer.next }));
    return null;
  }
  if (rootDigest(transfer.root, r.ports.hash) !== transfer.stateDigest) return "snapshot-digest-mismatch";
  install(r, { seq, stateDigest: transfer.stateDigest, root: transfer.root });
  return null;
}

function install(r: PaxosState, state: StateAt): void {
  for (const leaves of leafGroups(state.root, r.ports.hash)) r.persist(leavesRecord(state.seq, leaves));
  r.persist(installedRecord(state.seq, state.stateDigest));
  installState(r, state);
  // The question is answered in full: what comes after it is asked for next.
  if (r.catchUp !== null) r.catchUp.upTo = state.seq;
  r.emit({ kind: "state-installed", seq: state.seq, stateDigest: state.stateDigest });
}

/** The change of state alone: also how recovery reads an installed snapshot back. */
export function installState(r: PaxosState, state: StateAt): void {
  r.state.restore(state.root);
  r.lastExecuted = state.seq;
  r.snapshot = state;
  r.low = state.seq;
  r.instances.forgetUpTo(state.seq);
  r.snapshotIsNew = true;
  for (const { message } of [...r.pool.requests()])
    if (r.state.clients.executed(message.client, message.timestamp)) r.pool.remove(requestKey(message));
}
