import {
  type ClientId,
  clientPrincipal,
  type Digest,
  type Effect,
  encodeWire,
  type Principal,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  type SavedState,
  type SeqNum,
  type Signed,
  type Timestamp,
  type View,
} from "@bft/core";
import {
  type AppendEntries,
  type Appended,
  type InstallSnapshot,
  RAFT,
  type RaftDropReason,
  type RaftMessage,
  type RequestVote,
  raftCodec,
  type SnapshotReceived,
  type Vote,
} from "@bft/core/raft";
import { CrashLone, effectsIn } from "../support/crash-lone.js";
import { fastPortsOf } from "../support/keys.js";

export type LoneRaft = CrashLone<RaftMessage>;

/** One real Raft server; the others are played by the test. */
export function lone(self = 1, config: Partial<ReplicaConfig> = {}, saved?: SavedState): LoneRaft {
  return new CrashLone(RAFT, self, config, saved);
}

/** A server that stood for election in the next term and won it with one more vote. */
export function leading(self = 0, config: Partial<ReplicaConfig> = {}, saved?: SavedState): LoneRaft {
  const replica = lone(self, config, saved);
  elect(replica);
  return replica;
}

export function elect(replica: LoneRaft): readonly Effect<RaftMessage>[] {
  const stood = replica.fire("election");
  return [...stood, ...replica.deliver(voteOf((replica.config.self + 1) % 3, replica.status.view))];
}

export function droppedIn(effects: readonly Effect<RaftMessage>[]): RaftDropReason[] {
  return effectsIn(effects, "dropped").map(({ reason }) => reason as RaftDropReason);
}

/** Index and term of each entry that was executed. */
export function executedIn(effects: readonly Effect<RaftMessage>[]): (readonly [index: number, term: number])[] {
  return effectsIn(effects, "executed").map(({ seq, view }) => [seq, view] as const);
}

/** Index, term and digest of what is in the log behind the snapshot. */
export function logOf(replica: LoneRaft): (readonly [index: number, term: number, digest: string | null])[] {
  return replica.status.slots.map(({ seq, view, digest }) => [seq, view, digest] as const);
}

export const ports = fastPortsOf(replicaPrincipal(0 as ReplicaId));

export function signAs<M extends RaftMessage>(signer: Principal, message: M): Signed<M> {
  const payload = raftCodec.encode(message);
  return { kind: message.kind, signer, message, payload, signature: fastPortsOf(signer).sign(payload), attachment: null };
}

export function byReplica<M extends RaftMessage>(id: number, message: M): Signed<M> {
  return signAs(replicaPrincipal(id as ReplicaId), message);
}

/** An entry as a test names it: its term, and what it sets; null is the no-op. */
export type TestEntry = readonly [term: number, name: string | null];

/** Entries of one term, a letter each. */
export function of(term: number, names: string): readonly TestEntry[] {
  return [...names].map((name) => [term, name] as const);
}

/** The bytes of an entry's value: one command of client 0, whose timestamp the name fixes. */
function bytesOf(name: string | null): Uint8Array {
  return encodeWire(name === null ? [] : [[0, name.charCodeAt(0) + 256 * name.length, [`set ${name} 1`], 0]]);
}

export function digestOf(name: string | null): Digest {
  return ports.hash(bytesOf(name));
}

export function requestOf(operation: string, client = 0, timestamp = 1) {
  return signAs(clientPrincipal(client as ClientId), {
    kind: "request",
    client: client as ClientId,
    timestamp: timestamp as Timestamp,
    operations: [operation],
    readOnly: false,
    oldest: 0 as Timestamp,
    repliers: null,
  } as const);
}

export function requestVoteOf(candidate: number, term: number, [lastLogIndex, lastLogTerm] = [0, 0]): Signed<RequestVote> {
  return byReplica<RequestVote>(candidate, {
    kind: "request-vote",
    term: term as View,
    lastLogIndex: lastLogIndex as SeqNum,
    lastLogTerm: lastLogTerm as View,
  });
}

export function voteOf(voter: number, term: number, granted = true): Signed<Vote> {
  return byReplica<Vote>(voter, { kind: "vote", term: term as View, granted });
}

/** AppendEntries of `leader` in `term`: entries behind the one at `prev` of `prevTerm`. */
export function appendOf(
  leader: number,
  term: number,
  [prev, prevTerm]: readonly [number, number],
  entries: readonly TestEntry[] = [],
  commit = 0,
): Signed<AppendEntries> {
  return byReplica<AppendEntries>(leader, {
    kind: "append-entries",
    term: term as View,
    prevLogIndex: prev as SeqNum,
    prevLogTerm: prevTerm as View,
    entries: entries.map(([entryTerm, name]) => ({ term: entryTerm as View, digest: digestOf(name), value: bytesOf(name) })),
    leaderCommit: commit as SeqNum,
  });
}

export function appendedOf(follower: number, term: number, index: number, success = true, counts = true): Signed<Appended> {
  return byReplica<Appended>(follower, {
    kind: "appended",
    term: term as View,
    success,
    index: index as SeqNum,
    digest: null,
    counts,
  });
}

export function installOf(leader: number, term: number, parts: Partial<InstallSnapshot> = {}): Signed<InstallSnapshot> {
  return byReplica<InstallSnapshot>(leader, {
    kind: "install-snapshot",
    term: term as View,
    lastIncludedIndex: 8 as SeqNum,
    lastIncludedTerm: term as View,
    stateDigest: digestOf("state"),
    piece: 0,
    pieces: 1,
    leaves: [],
    ...parts,
  });
}

export function receivedOf(follower: number, term: number, index: number, next: number): Signed<SnapshotReceived> {
  return byReplica<SnapshotReceived>(follower, {
    kind: "snapshot-received",
    term: term as View,
    lastIncludedIndex: index as SeqNum,
    next,
  });
}
