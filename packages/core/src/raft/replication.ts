import { makeValue, readValue, type Value } from "../crash/value.js";
import type { ReplicaId } from "../ids.js";
import type { Signed } from "../machine.js";
import type { RaftDropReason } from "./drop-reason.js";
import type { LogEntry } from "./log.js";
import type { AppendEntries, Appended, Index, Term } from "./messages.js";
import { entryRecord } from "./records.js";
import { sendSnapshot } from "./snapshot.js";
import type { Progress, RaftState } from "./state.js";

/** How many windows a follower's log may reach beyond its snapshot; a correct leader stays within one, apart from no-ops. */
const FOLLOWER_WINDOWS = 4;
const NO_OPS_MAX = 1024;

/** §5.3: the leader appends clients' commands to its log, in batches, as long as there is room. */
export function propose(r: RaftState): void {
  if (!r.isLeader) return;
  const { pipelineDepth, batchOperationsMax: operationsMax, batchBytesMax: bytesMax } = r.config;
  while (r.log.lastIndex - r.commitIndex < pipelineDepth && r.log.lastIndex - r.snapshot.seq < r.window) {
    const taken = r.pool.take({ operationsMax, bytesMax, othersInFlight: r.log.lastIndex > r.commitIndex });
    if (taken.length === 0) return;
    appendOwn(
      r,
      makeValue(
        taken.map(({ message: { client, timestamp, operations, oldest } }) => ({ client, timestamp, operations, oldest })),
        r.ports,
      ),
    );
  }
}

/** Appends a value in this leader's term; it counts as replicated here once it is written down. */
export function appendOwn(r: RaftState, value: Value): void {
  const entry: LogEntry = { index: (r.log.lastIndex + 1) as Index, term: r.term, value, writtenIn: r.term };
  r.persist(entryRecord(entry));
  r.log.put(entry);
}

/** Sends each follower what it lacks, as much as may be in flight. Who needs what was compacted is found out by heartbeats. */
export function replicate(r: RaftState): void {
  if (r.role.kind !== "leader") return;
  for (const [follower, progress] of r.role.followers) {
    const { snapshot, probing, nextIndex, matchIndex } = progress;
    if (snapshot !== null || probing || nextIndex > r.log.lastIndex || nextIndex <= r.log.base.index) continue;
    if (nextIndex - matchIndex <= r.config.pipelineDepth) sendEntries(r, follower, progress);
  }
}

/** §5.2: heartbeats keep the leader in office; they also tell how far it has committed, and find out what was lost on the way. */
export function onHeartbeatTimer(r: RaftState, timer: string): void {
  if (r.role.kind !== "leader") return;
  r.emit({ kind: "start-timer", timer, delayMs: r.heartbeatMs });
  r.patience.heartbeat();
  tellFollowers(r, r.role.followers);
}

/** Something for each follower, and be it that there is nothing new. */
export function tellFollowers(r: RaftState, followers: ReadonlyMap<ReplicaId, Progress>): void {
  for (const [follower, progress] of followers)
    if (progress.snapshot !== null) sendSnapshot(r, follower, progress);
    else {
      progress.probing = false;
      // It is behind the log, or down: only when it answers is a snapshot worth its while.
      if (progress.nextIndex <= r.log.base.index) progress.nextIndex = (r.log.lastIndex + 1) as Index;
      sendEntries(r, follower, progress);
    }
}

/** §5.3: AppendEntries with what follows `nextIndex - 1`; it goes on behind it without waiting for the answer. */
function sendEntries(r: RaftState, to: ReplicaId, progress: Progress): void {
  const prevLogIndex = (progress.nextIndex - 1) as Index;
  const prevLogTerm = r.log.termAt(prevLogIndex);
  if (prevLogTerm === null) return;
  const entries = fitting(r, r.log.from(progress.nextIndex));
  r.send(
    to,
    r.sign<AppendEntries>({
      kind: "append-entries",
      term: r.term,
      prevLogIndex,
      prevLogTerm,
      entries: entries.map(({ term, value }) => ({ term, digest: value.digest, value: value.bytes })),
      leaderCommit: r.commitIndex,
    }),
  );
  progress.nextIndex = (progress.nextIndex + entries.length) as Index;
}

/** As many as one message may hold, the first one always. */
function fitting({ config }: RaftState, entries: readonly LogEntry[]): readonly LogEntry[] {
  let bytes = 0;
  const end = entries.findIndex(({ value }, index) => {
    bytes += value.bytes.length;
    return index > 0 && (index >= config.pipelineDepth || bytes > config.batchBytesMax);
  });
  return end === -1 ? entries : entries.slice(0, end);
}

/** Figure 2, AppendEntries, receiver's steps 2 to 5; the term is this replica's by now, and `from` leads in it. */
export function onAppendEntries(r: RaftState, from: ReplicaId, { message }: Signed<AppendEntries>): RaftDropReason | null {
  const { prevLogIndex, leaderCommit } = message;
  const entries = readEntries(r, message);
  if (typeof entries === "string") return entries;
  if (!isConsistent(r, message)) {
    answer(r, from, false, Math.min(prevLogIndex, r.log.lastIndex + 1, conflictStart(r, prevLogIndex)) as Index);
    return null;
  }
  for (const entry of entries) {
    const mine = r.log.termAt(entry.index);
    // Step 3 deletes only what conflicts: an old message must not shorten the log.
    if (entry.index <= r.log.base.index || mine === entry.term) continue;
    r.persist(entryRecord(entry));
    r.log.put(entry);
  }
  const lastNew = (prevLogIndex + entries.length) as Index;
  learnCommitted(r, Math.min(leaderCommit, lastNew) as Index);
  answer(r, from, true, lastNew);
  return null;
}

/** Step 2: the entry before the new ones is here. What was compacted is committed, and so is the same everywhere. */
function isConsistent(r: RaftState, { prevLogIndex, prevLogTerm }: AppendEntries): boolean {
  return prevLogIndex < r.log.base.index || r.log.termAt(prevLogIndex) === prevLogTerm;
}

/** §5.3, the last paragraphs: the leader skips a whole term of conflicting entries at once. */
function conflictStart(r: RaftState, prevLogIndex: Index): number {
  const term = r.log.termAt(prevLogIndex);
  let index: number = prevLogIndex;
  while (index > r.commitIndex + 1 && term !== null && r.log.termAt(index - 1) === term) index -= 1;
  return index;
}

/** The entries of a message, or why it can not be what a correct leader sends. */
function readEntries(
  r: RaftState,
  { term: leaderTerm, prevLogIndex, prevLogTerm, entries }: AppendEntries,
): readonly LogEntry[] | RaftDropReason {
  if (prevLogIndex + entries.length > r.snapshot.seq + FOLLOWER_WINDOWS * r.window + NO_OPS_MAX) return "beyond-window";
  // §5.4: committed entries are in the log of every later leader, so none conflicts with ours.
  const conflicts = (index: number, term: Term) => index <= r.commitIndex && (r.log.termAt(index) ?? term) !== term;
  if (conflicts(prevLogIndex, prevLogTerm)) return "conflicts-with-committed";
  const read: LogEntry[] = [];
  for (const [offset, { term, digest, value: bytes }] of entries.entries()) {
    const index = (prevLogIndex + 1 + offset) as Index;
    const value = readValue(bytes, r.ports);
    if (value === null || value.digest !== digest) return "value-malformed";
    if (term > leaderTerm) return "entry-of-later-term";
    if (conflicts(index, term)) return "conflicts-with-committed";
    read.push({ index, term, value, writtenIn: r.term });
  }
  return read;
}

function learnCommitted(r: RaftState, index: Index): void {
  if (index > r.commitIndex) r.commitIndex = index;
}

/** Tells a leader whose term is over of the later one. */
export function refuse(r: RaftState, to: ReplicaId): RaftDropReason {
  answer(r, to, false, 0 as Index);
  return "old-term";
}

function answer(r: RaftState, to: ReplicaId, success: boolean, index: Index): void {
  const digest = r.log.entry(index)?.value.digest ?? null;
  // Whose memory is lost follows, but its acknowledgement must not count: it may have acknowledged otherwise before.
  r.send(to, r.sign<Appended>({ kind: "appended", term: r.term, success, index, digest, counts: !r.memoryLost }));
}

/** Figure 2, rules for leaders: nextIndex and matchIndex follow the answers. */
export function onAppended(r: RaftState, from: ReplicaId, { message }: Signed<Appended>): RaftDropReason | null {
  const { success, index, term } = message;
  if (term < r.term) return "old-term";
  const progress = r.role.kind === "leader" ? r.role.followers.get(from) : undefined;
  if (progress === undefined) return "not-asked-for";
  if (index > r.log.lastIndex + 1 || (success && index > r.log.lastIndex)) return "beyond-log";
  // What it said before its disk was lost may arrive later, so this stays.
  if (!message.counts) progress.counts = false;
  // It has lost what it had acknowledged, so the search for where the logs agree begins anew.
  if (!message.counts && !success) progress.matchIndex = 0 as Index;
  if (success) {
    progress.probing = false;
    if (index > progress.matchIndex) progress.matchIndex = index;
    if (progress.nextIndex <= progress.matchIndex) progress.nextIndex = (progress.matchIndex + 1) as Index;
    return null;
  }
  const nextIndex = Math.max(progress.matchIndex + 1, Math.min(index, progress.nextIndex)) as Index;
  if (nextIndex < progress.nextIndex) {
    progress.nextIndex = nextIndex;
    searchAgreement(r, from, progress);
  }
  return null;
}

/** One message, to find where the logs agree; the snapshot where that lies before this log. */
function searchAgreement(r: RaftState, to: ReplicaId, progress: Progress): void {
  if (progress.snapshot !== null) return;
  if (r.log.termAt(progress.nextIndex - 1) === null) return sendSnapshot(r, to, progress);
  if (progress.probing) return;
  sendEntries(r, to, progress);
  progress.probing = true;
}
