import type { Digest, Principal, ReplicaId, SeqNum, View } from "../ids.js";
import { replicaPrincipal } from "../ids.js";
import type { Effect, Ports, Signed, SignedOf } from "../machine.js";
import { primaryOf } from "../quorum.js";
import type { ReplicaConfig } from "../replication/config.js";
import { ReplicatedState } from "../replication/replicated-state.js";
import { type RequestKey, RequestPool } from "../replication/request-pool.js";
import type { Service } from "../service.js";
import type { NodeContent } from "../store/merkle.js";
import type { Snapshot, TrieNode } from "../store/trie.js";
import { type Batch, nullBatch } from "./batch.js";
import { pbftCodec } from "./codec.js";
import { checkConfig, type PbftSettings } from "./config.js";
import type { DropReason } from "./drop-reason.js";
import { Log, type Slot } from "./log.js";
import type { Checkpoint, NewView, PbftMessage, PrePrepare, ViewChange } from "./messages.js";

/** A stable checkpoint: a quorum says that the state after `seq` has this digest (§4.3). */
export interface StableCheckpoint {
  readonly seq: SeqNum;
  readonly stateDigest: Digest;
  /** The quorum; empty for the initial state. */
  readonly certificate: readonly Signed<Checkpoint>[];
}

/** The catch-up by state transfer that is under way. */
export interface Transfer {
  readonly target: StableCheckpoint;
  /** Nodes still to be fetched, by path. */
  readonly wanted: Map<string, WantedNode>;
  /** Nodes that are here, by digest: fetched, also for an earlier target, or found in our own older state. */
  readonly nodes: Map<Digest, NodeContent | TrieNode>;
  fetched: number;
  fetchedAtLastStatus: number;
  /** Whom the next question goes to; moves on with every question. */
  source: ReplicaId;
}

/** How far a replica that lost its records has come in finding out what it may have voted for (abstention.ts). */
export interface Abstention {
  /** The lowest stable checkpoint that each other replica has named since. */
  readonly claims: Map<ReplicaId, SeqNum>;
  /** When a checkpoint at or above this is stable, nothing that this replica may have voted for matters. Null: not known yet. */
  until: SeqNum | null;
}

/** What the present primary has done since it was judged last (slow-primary.ts). */
export interface Pace {
  /** Requests that it proposed, and that were executed. */
  readonly executed: number;
  /** Those of them that it was late with. */
  readonly late: number;
}

export const NO_PACE: Pace = { executed: 0, late: 0 };

/** A node of the state that we know only the digest of. */
export interface WantedNode {
  readonly digest: Digest;
  /** What stands at this path in our own state: often the same, or the same further down. */
  readonly local: TrieNode | null;
}

/**
 * Everything one replica knows. The sections of the protocol (request, normal case, checkpoint, view change, …) are
 * functions over it, so that each stands in a file of its own; only they change it.
 */
export class ReplicaState {
  readonly config: PbftSettings;
  readonly self: ReplicaId;
  readonly ports: Ports;
  readonly service: Service;

  view = 0 as View;
  /** False from the moment a view change to `view` starts until its new-view is accepted (§4.4). */
  inView = true;
  /** View changes in a row that brought no progress: the timeout is doubled so often. */
  failedViews = 0;
  pace = NO_PACE;
  /** Primaries in a row that were too slow, less those that were not: the next one is judged by twice as many requests for each. */
  slowPrimaries = 0;

  readonly log: Log;
  lastExecuted = 0 as SeqNum;
  /** The highest slot that had prepared when this replica was last started: it may have executed, and answered, up to there before. */
  preparedBefore = 0 as SeqNum;
  /** The last sequence number that this replica assigned as primary. */
  lastAssigned = 0 as SeqNum;
  readonly pool: RequestPool;
  /** What the view-change timer runs for: a request, `null <seq>` or `new-view <view>`; null when it does not run. */
  timedFor: RequestKey | `null ${number}` | `new-view ${number}` | null = null;

  readonly state: ReplicatedState;

  stable: StableCheckpoint;
  /** `stable` has moved since the host was told. */
  stableIsNew = false;
  /** A checkpoint that is stable at others but lies beyond what this replica has executed, or null. */
  ahead: StableCheckpoint | null = null;
  /** One checkpoint vote a replica and sequence number inside the window. */
  readonly checkpointVotes = new Map<SeqNum, Map<ReplicaId, Signed<Checkpoint>>>();
  /** Replicas that signed two states for one checkpoint of this window: each is told of once. */
  readonly accusedOfCheckpoint = new Set<ReplicaId>();
  /** The states at checkpoints not yet garbage-collected, the stable one included. */
  readonly snapshots = new Map<SeqNum, { readonly digest: Digest; readonly root: Snapshot }>();
  /** Checkpoints that were taken and whose digest is still being computed, oldest first: the window leaves room for two. */
  undigested: readonly { readonly seq: SeqNum; readonly root: Snapshot }[] = [];
  transfer: Transfer | null = null;
  /** Set while this replica must not vote, because it does not know what it voted for before (abstention.ts). */
  abstention: Abstention | null = null;
  /** Up to where the primary orders null requests for each abstaining replica, and `realBatches` when that was granted. */
  readonly nullGrants = new Map<ReplicaId, { readonly until: SeqNum; readonly realBatches: number }>();
  /** Since the last stable checkpoint nobody vouched in time for a batch that waited: every batch is checked here (authenticity.ts). */
  waitedInVain = false;
  /** Batches of at least one request that were executed. */
  realBatches = 0;
  /** `lastExecuted` at the last status timer: tells whether anything moved since. */
  executedAtLastStatus = 0 as SeqNum;
  /** The highest slot that had work in it at the last status timer. */
  oldWork = 0 as SeqNum;

  /** The latest view-change of each replica for a view above ours or equal to the one we move to. */
  readonly viewChanges = new Map<ReplicaId, Signed<ViewChange>>();
  /** The new-view that this view started with; null in view 0. */
  newView: Signed<NewView> | null = null;
  /** O of that new-view. */
  proposals: readonly Signed<PrePrepare>[] = [];
  /** What each replica has cost us since the last status timer, in units of work (budget.ts). */
  readonly spent = new Map<ReplicaId, number>();
  /** Replicas whose status was answered since the last status timer: each is answered once. */
  readonly statusAnswered = new Set<ReplicaId>();

  readonly nullBatch: Batch;
  /** Slots with something new since the last `advance`. */
  readonly touched = new Set<Slot>();
  effects: Effect<PbftMessage>[] = [];

  constructor(config: ReplicaConfig, ports: Ports, service: Service) {
    this.config = checkConfig(config);
    this.self = config.self;
    this.ports = ports;
    this.service = service;
    this.log = new Log(0 as SeqNum, this.config.window);
    this.pool = new RequestPool(config.clientWindow);
    this.state = new ReplicatedState(config.clientWindow);
    this.nullBatch = nullBatch(ports);
    const initial = { digest: this.state.digest(ports.hash), root: this.state.snapshot() };
    this.snapshots.set(0 as SeqNum, initial);
    this.stable = { seq: 0 as SeqNum, stateDigest: initial.digest, certificate: [] };
  }

  get primary(): ReplicaId {
    return primaryOf(this.view, this.config.system);
  }

  get isPrimary(): boolean {
    return this.primary === this.self;
  }

  /** Signs a message of this replica's own. */
  sign<M extends PbftMessage>(message: M, attachment: Uint8Array | null = null): Signed<M> {
    const payload = pbftCodec.encode(message);
    const signature = this.ports.sign(payload);
    return { kind: message.kind, signer: replicaPrincipal(this.self), message, payload, signature, attachment };
  }

  emit(effect: Effect<PbftMessage>): void {
    this.effects.push(effect);
  }

  broadcast(signed: Signed<PbftMessage>): void {
    this.effects.push({ kind: "broadcast", signed: signed as SignedOf<PbftMessage> });
  }

  send(to: ReplicaId, signed: Signed<PbftMessage>): void {
    this.effects.push({ kind: "send", to, signed: signed as SignedOf<PbftMessage> });
  }

  persist(record: Uint8Array, { sync } = { sync: true }): void {
    this.effects.push({ kind: "persist", record, sync });
  }

  drop(from: Principal, message: PbftMessage["kind"], reason: DropReason): void {
    this.effects.push({ kind: "dropped", from, message, reason });
  }

  /** Two messages of one replica that no correct replica sends both: kept as a proof. */
  accuse(accused: ReplicaId, first: Signed<PbftMessage>, second: Signed<PbftMessage>): void {
    this.effects.push({
      kind: "evidence",
      accused,
      first: first as SignedOf<PbftMessage>,
      second: second as SignedOf<PbftMessage>,
    });
  }
}
