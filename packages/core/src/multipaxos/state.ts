import { INTERVALS_KEPT } from "../crash/kept.js";
import { Patience } from "../crash/patience.js";
import { CrashState } from "../crash/state.js";
import { type Digest, INTEGER_MAX, type ReplicaId, type SeqNum } from "../ids.js";
import type { Ports } from "../machine.js";
import type { ReplicaConfig } from "../replication/config.js";
import type { Service } from "../service.js";
import type { Snapshot } from "../store/trie.js";
import { ownerOf } from "./ballot.js";
import { paxosCodec } from "./codec.js";
import type { PaxosDropReason } from "./drop-reason.js";
import { Instances, type Proposal } from "./instances.js";
import type { Ballot, PaxosMessage } from "./messages.js";

/** A replica that leads its ballot: phase 1 is done, for all instances at once (§3). */
export interface Leading {
  readonly ballot: Ballot;
  /** The next instance to propose in. */
  next: SeqNum;
  /** What must be proposed, and where: the highest-numbered proposals that phase 1 told of (P2c). */
  readonly inherited: ReadonlyMap<SeqNum, Proposal>;
  /** The last instance that phase 1 told of: up to it gaps are filled with no-ops (§3). */
  readonly inheritedUpTo: SeqNum;
}

/** Phase 1 of a ballot of this replica. */
export interface Candidacy {
  readonly ballot: Ballot;
  /** Asked for from here on: what is below was executed here. */
  readonly from: SeqNum;
  readonly startedAt: number;
  readonly promises: Map<ReplicaId, PromiseSoFar>;
}

/** One acceptor's promise, which may come in several messages. */
export interface PromiseSoFar {
  /** What it says nothing of, because it has executed and forgotten it. */
  low: SeqNum;
  /** Where the next part begins; null when all of it is here. */
  next: SeqNum | null;
  readonly accepted: Map<SeqNum, Proposal>;
}

/** A learner that lacks what others have executed asks for it. */
export interface CatchUp {
  readonly asked: Set<ReplicaId>;
  source: ReplicaId;
  /** The last instance that the present question can be answered with. */
  upTo: SeqNum;
  /** Ticks since something last came of it. */
  waited: number;
  /** How far execution and the snapshot had come then. */
  mark: string;
}

/** A snapshot of which some parts are here. */
export interface Transfer {
  readonly source: ReplicaId;
  readonly seq: SeqNum;
  readonly stateDigest: Digest;
  next: number;
  root: Snapshot;
}

/** Where another replica is in fetching a snapshot from here. The snapshot lives on for it, though a later one was taken. */
export interface SnapshotCursor {
  readonly seq: SeqNum;
  readonly stateDigest: Digest;
  readonly groups: Iterator<readonly Uint8Array[]>;
  part: number;
  leaves: readonly Uint8Array[];
  /** The group behind `leaves`; null when that was the last. */
  following: readonly Uint8Array[] | null;
}

/** Everything one replica knows: proposer, acceptor and learner in one (§2.5: "each process plays the role of all of them"). */
export class PaxosState extends CrashState<PaxosMessage> {
  /** The highest ballot that this acceptor has promised or accepted in; whoever only learns has heard of no leader in a higher one. */
  promised = 0 as Ballot;
  /** The ballot whose owner is known to lead. Ballot 0 needs no phase 1: nothing can have been accepted in a lower one. */
  entered: Ballot | null = 0 as Ballot;
  leading: Leading | null = null;
  candidacy: Candidacy | null = null;
  /** The disk was lost: it learns, and never promises, accepts or proposes again. */
  abstaining = false;

  readonly instances = new Instances();
  /** Instances up to here are executed and no longer kept: up to the snapshot before the last one. */
  low = 0 as SeqNum;
  /** The leader of `ballot` said that every instance up to `upTo` is chosen. */
  chosenUpTo: { readonly ballot: Ballot; readonly upTo: SeqNum } = { ballot: 0 as Ballot, upTo: 0 as SeqNum };
  /** How far each other replica was heard to be: all of that is chosen. */
  readonly heardOf = new Map<ReplicaId, SeqNum>();

  /** Ticks of the heartbeat timer so far. */
  tick = 0;
  readonly patience = new Patience();
  /** The leader was heard, or the ballot changed, in this step: silence is counted anew. */
  heard = false;
  silenceTimed = false;

  catchUp: CatchUp | null = null;
  transfer: Transfer | null = null;
  readonly cursors = new Map<ReplicaId, SnapshotCursor>();
  /** From where on each other replica last asked for chosen values, and when. */
  readonly fetching = new Map<ReplicaId, { readonly from: SeqNum; readonly tick: number }>();
  /** Costly answers that each replica had since the last tick. */
  readonly answered = new Map<ReplicaId, number>();
  /** A snapshot was taken or installed in this step. */
  snapshotIsNew = false;

  constructor(config: ReplicaConfig, ports: Ports, service: Service) {
    super(config, ports, service, paxosCodec);
  }

  /** The last instance that may be proposed or accepted: what bounds memory. */
  get high(): SeqNum {
    return Math.min(this.snapshot.seq + this.window, INTEGER_MAX) as SeqNum;
  }

  /** Instances above `low` that are kept at the most: for those who are behind, and the window. */
  get keptMax(): number {
    return (INTERVALS_KEPT + 1) * this.config.checkpointInterval + this.window;
  }

  /** The next instance to execute. */
  get nextToExecute(): SeqNum {
    return (this.lastExecuted + 1) as SeqNum;
  }

  /** Who leads, as far as this replica knows. */
  get leader(): ReplicaId | null {
    return this.entered === null ? null : ownerOf(this.entered, this.system.replicas);
  }

  /** `drop` with a reason that is one of ours. */
  refuse(from: ReplicaId, message: PaxosMessage["kind"], reason: PaxosDropReason): void {
    this.drop({ role: "replica", id: from }, message, reason);
  }
}
