import { forgettableUpTo } from "../crash/kept.js";
import type { ReplicaId } from "../ids.js";
import { invariant } from "../invariant.js";
import type { Signed } from "../machine.js";
import { leafGroups, withLeaves } from "../store/leaves.js";
import { rootDigest } from "../store/merkle.js";
import type { Snapshot } from "../store/trie.js";
import type { RaftDropReason } from "./drop-reason.js";
import type { Index, InstallSnapshot, SnapshotReceived, Term } from "./messages.js";
import { installedRecord, leavesRecord } from "./records.js";
import { restate } from "./restatement.js";
import type { OutgoingSnapshot, Progress, RaftState } from "./state.js";

/** No log comes so far; what lies beyond is a lie, and the numbers behind it would lose their last digit. */
const INDEX_MAX = Number.MAX_SAFE_INTEGER / 2;

/** §7: each replica takes snapshots of its own, here every K entries, and forgets the log before. */
export function takeSnapshot(r: RaftState): void {
  const { checkpointInterval } = r.config;
  if (r.lastExecuted % checkpointInterval !== 0 || r.lastExecuted <= r.snapshot.seq) return;
  const term = r.log.termAt(r.lastExecuted);
  invariant(term !== null, "what was just executed is in the log");
  r.snapshot = r.stateNow();
  r.snapshotTerm = term;
  r.snapshotIsNew = true;
  r.log.compact(Math.max(r.log.base.index, Math.min(r.snapshot.seq - checkpointInterval, neededFrom(r))) as Index);
}

/** An interval more than need be stays for followers that are a little behind, and as a leader what the slowest of them lacks. */
function neededFrom(r: RaftState): number {
  if (r.role.kind !== "leader") return r.snapshot.seq;
  const wanted = [...r.role.followers.values()].map(({ snapshot, matchIndex }) => snapshot?.sent.index ?? matchIndex);
  const bytesAt = (index: number) => r.log.entry(index)?.value.bytes.length ?? 0;
  return forgettableUpTo(Math.min(...wanted, r.snapshot.seq), r.snapshot.seq, r.config.checkpointInterval, bytesAt);
}

/** Tells the host that all records so far can be replaced. At the end of a step only, when the restatement misses nothing. */
export function tellSnapshot(r: RaftState): void {
  if (!r.snapshotIsNew) return;
  r.snapshotIsNew = false;
  const { seq, stateDigest, root } = r.snapshot;
  r.emit({ kind: "checkpoint-stable", seq, stateDigest, state: root, records: restate(r) });
}

/** §7: a follower that needs entries which are no longer here gets the snapshot, one piece at a time. */
export function sendSnapshot(r: RaftState, to: ReplicaId, progress: Progress): void {
  progress.snapshot ??= { sent: outgoing(r), next: 0 };
  const { sent, next } = progress.snapshot;
  r.send(
    to,
    r.sign<InstallSnapshot>({
      kind: "install-snapshot",
      term: r.term,
      lastIncludedIndex: sent.index,
      lastIncludedTerm: sent.term,
      stateDigest: sent.stateDigest,
      piece: next,
      pieces: sent.pieces.length,
      leaves: sent.pieces[next] ?? [],
    }),
  );
}

function outgoing(r: RaftState): OutgoingSnapshot {
  const { seq, stateDigest, root } = r.snapshot;
  return { index: seq as Index, term: r.snapshotTerm, stateDigest, pieces: [...leafGroups(root, r.ports.hash)] };
}

export function onSnapshotReceived(r: RaftState, from: ReplicaId, { message }: Signed<SnapshotReceived>): RaftDropReason | null {
  if (message.term < r.term) return "old-term";
  const progress = r.role.kind === "leader" ? r.role.followers.get(from) : undefined;
  const snapshot = progress?.snapshot ?? null;
  if (progress === undefined || snapshot === null || snapshot.sent.index !== message.lastIncludedIndex) return "not-asked-for";
  if (message.next < snapshot.sent.pieces.length) {
    const isNews = message.next > snapshot.next;
    snapshot.next = message.next;
    // What arrives twice is answered once; whoever has begun anew gets its piece with the next heartbeat.
    if (isNews) sendSnapshot(r, from, progress);
    return null;
  }
  progress.snapshot = null;
  // What a snapshot covers is committed, so this decides nothing, also where a follower does not count.
  progress.matchIndex = Math.max(progress.matchIndex, snapshot.sent.index) as Index;
  progress.nextIndex = Math.max(progress.nextIndex, progress.matchIndex + 1) as Index;
  return null;
}

/** Figure 13, the receiver: pieces in order; all of them make up the state that was promised, or they count for nothing. */
export function onInstallSnapshot(r: RaftState, from: ReplicaId, { message }: Signed<InstallSnapshot>): RaftDropReason | null {
  const { lastIncludedIndex: index, lastIncludedTerm: term, stateDigest, piece, pieces, leaves } = message;
  if (term > message.term) return "entry-of-later-term";
  if (index > INDEX_MAX) return "beyond-window";
  if (index <= r.lastExecuted) {
    wantPiece(r, from, index, pieces);
    return null;
  }
  if (r.incoming === null || r.incoming.index !== index || r.incoming.stateDigest !== stateDigest)
    r.incoming = { index, term, stateDigest, pieces, next: 0, root: null };
  const { incoming } = r;
  if (piece === incoming.next) {
    const grown = withLeaves(incoming.root, leaves);
    if (grown === null) return "snapshot-malformed";
    incoming.root = grown.root;
    incoming.next += 1;
  }
  if (incoming.next >= incoming.pieces) {
    r.incoming = null;
    if (rootDigest(incoming.root, r.ports.hash) !== stateDigest) return "snapshot-digest-mismatch";
    for (const each of leafGroups(incoming.root, r.ports.hash)) r.persist(leavesRecord(index, each));
    r.persist(installedRecord(index, term, stateDigest));
    install(r, { index, term, writtenIn: r.term, stateDigest, root: incoming.root });
    r.emit({ kind: "state-installed", seq: index, stateDigest });
  }
  wantPiece(r, from, index, incoming.next);
  return null;
}

/** A snapshot that is being sent and that this replica has overtaken by executing is of no use any more. */
export function forgetOvertaken(r: RaftState): void {
  if (r.incoming !== null && r.incoming.index <= r.lastExecuted) r.incoming = null;
}

function wantPiece(r: RaftState, to: ReplicaId, lastIncludedIndex: Index, next: number): void {
  r.send(to, r.sign<SnapshotReceived>({ kind: "snapshot-received", term: r.term, lastIncludedIndex, next }));
}

export interface InstalledState {
  readonly index: Index;
  readonly term: Term;
  /** When it was written down here. */
  readonly writtenIn: Term;
  readonly stateDigest: RaftState["snapshot"]["stateDigest"];
  readonly root: Snapshot;
}

/** Figure 13, steps 6 to 8; also how recovery reads an installed state back. */
export function install(r: RaftState, { index, term, writtenIn, stateDigest, root }: InstalledState): void {
  r.state.restore(root);
  r.lastExecuted = index;
  if (index > r.commitIndex) r.commitIndex = index;
  r.snapshot = { seq: index, stateDigest, root };
  r.snapshotTerm = term;
  r.snapshotIsNew = true;
  r.log.startAfter({ index, term, writtenIn });
}
