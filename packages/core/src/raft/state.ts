import { Patience } from "../crash/patience.js";
import { CrashState } from "../crash/state.js";
import type { Digest, ReplicaId } from "../ids.js";
import { invariant } from "../invariant.js";
import type { Ports } from "../machine.js";
import type { ReplicaConfig } from "../replication/config.js";
import type { Service } from "../service.js";
import type { Snapshot } from "../store/trie.js";
import { raftCodec } from "./codec.js";
import { RaftLog } from "./log.js";
import type { Index, RaftMessage, Term } from "./messages.js";
import { termRecord } from "./records.js";

/** A snapshot as it is sent to followers: the state in pieces. */
export interface OutgoingSnapshot {
  readonly index: Index;
  readonly term: Term;
  readonly stateDigest: Digest;
  readonly pieces: readonly (readonly Uint8Array[])[];
}

/** How far a follower is, as its leader knows it (figure 2, "volatile state on leaders"). */
export interface Progress {
  /** The next entry to send. */
  nextIndex: Index;
  /** The highest entry that is known to be replicated there. */
  matchIndex: Index;
  /** False while it says that its memory is lost. */
  counts: boolean;
  /**
   * It refused what it was sent, so one message goes out to find where its log agrees, and no more before it answers or the next
   * heartbeat: to answer each refusal at once would make a storm of what arrives twice.
   */
  probing: boolean;
  /** The snapshot that it is being sent, and which piece it wants. */
  snapshot: { readonly sent: OutgoingSnapshot; next: number } | null;
}

/** The snapshot that this replica is being sent. */
export interface IncomingSnapshot {
  readonly index: Index;
  readonly term: Term;
  readonly stateDigest: Digest;
  readonly pieces: number;
  /** The piece that comes next. */
  next: number;
  root: Snapshot;
}

export type Role =
  | { readonly kind: "follower" }
  | { readonly kind: "candidate"; readonly votes: Set<ReplicaId> }
  | { readonly kind: "leader"; readonly followers: Map<ReplicaId, Progress> };

/** Everything one Raft replica (the paper's server) knows. The sections of the protocol are functions over it. */
export class RaftState extends CrashState<RaftMessage> {
  /** currentTerm and votedFor of figure 2: written down before anything is said. */
  term = 0 as Term;
  votedFor: ReplicaId | null = null;
  role: Role = { kind: "follower" };
  /** The leader of this term, once it is known. */
  leader: ReplicaId | null = null;
  readonly log = new RaftLog();
  commitIndex = 0 as Index;
  /** The term of the entry at `snapshot.seq`. */
  snapshotTerm = 0 as Term;
  readonly patience = new Patience();
  /** Its records are lost: it follows, executes, and never votes. */
  memoryLost = false;
  incoming: IncomingSnapshot | null = null;
  /** A snapshot was taken or installed in this step, and the host is to be told. */
  snapshotIsNew = false;
  /** The election timer is to be set anew at the end of this step. */
  timerIsDue = false;

  constructor(config: ReplicaConfig, ports: Ports, service: Service) {
    super(config, ports, service, raftCodec);
  }

  get isLeader(): boolean {
    return this.role.kind === "leader";
  }

  /** Heartbeats are a third of the timeout at the most, so that one may be lost. */
  get heartbeatMs(): number {
    return Math.max(1, Math.min(this.config.statusIntervalMs, Math.floor(this.config.viewChangeTimeoutMs / 3)));
  }

  /** Moves to a later term, or votes in this one; written down before anything more is said (§5.1, §5.2). */
  setTerm(term: Term, votedFor: ReplicaId | null): void {
    invariant(term >= this.term, "terms only grow");
    invariant(term > this.term || this.votedFor === null || this.votedFor === votedFor, "one vote a term");
    if (term > this.term) {
      this.leader = null;
      this.patience.begin();
    }
    this.term = term;
    this.votedFor = votedFor;
    this.persist(termRecord(term, votedFor));
  }

  /** §5.1: whoever hears of a later term is a follower in it. */
  stepDown(term: Term): void {
    if (term > this.term) this.setTerm(term, null);
    if (this.role.kind !== "follower") this.timerIsDue = true;
    if (this.role.kind === "leader") this.pool.clear();
    this.role = { kind: "follower" };
  }
}
