import type { Digest, Principal, ReplicaId, SeqNum } from "../ids.js";
import { replicaPrincipal } from "../ids.js";
import type { Codec, Effect, MessageBase, Ports, Signed, SignedOf } from "../machine.js";
import type { QuorumSystem } from "../quorum.js";
import { type ReplicaConfig, windowOf } from "../replication/config.js";
import type { Executor } from "../replication/execution.js";
import { ReplicatedState } from "../replication/replicated-state.js";
import { RequestPool } from "../replication/request-pool.js";
import type { Service } from "../service.js";
import type { Snapshot } from "../store/trie.js";
import { majorityQuorums } from "./quorum.js";

/** The state after the value at `seq` was executed. */
export interface StateAt {
  readonly seq: SeqNum;
  readonly stateDigest: Digest;
  readonly root: Snapshot;
}

/**
 * What a replica of a crash-tolerant protocol knows apart from its protocol: its configuration, the replicated state, the clients'
 * requests, and what this step is going to do. Each protocol extends it; its sections are functions over that.
 */
export abstract class CrashState<M extends MessageBase> implements Executor {
  readonly config: ReplicaConfig;
  readonly system: QuorumSystem;
  /** Slots between the last snapshot and the end of the log at the most: 2K. */
  readonly window: number;
  readonly self: ReplicaId;
  readonly ports: Ports;
  readonly service: Service;
  readonly state: ReplicatedState;
  /** Requests that this replica will propose; empty where it does not lead. */
  readonly pool: RequestPool;
  lastExecuted = 0 as SeqNum;
  /** The last snapshot that this replica took or was sent; at first the initial state. */
  snapshot: StateAt;
  effects: Effect<M>[] = [];
  readonly #codec: Codec<M>;

  /** @throws RangeError on a bad configuration */
  constructor(config: ReplicaConfig, ports: Ports, service: Service, codec: Codec<M>) {
    this.system = majorityQuorums(config.replicas, config.faults);
    this.window = windowOf(config);
    this.config = config;
    this.self = config.self;
    this.ports = ports;
    this.service = service;
    this.#codec = codec;
    this.pool = new RequestPool(config.clientWindow);
    this.state = new ReplicatedState(config.clientWindow);
    this.snapshot = this.stateNow();
  }

  stateNow(): StateAt {
    return { seq: this.lastExecuted, stateDigest: this.state.digest(this.ports.hash), root: this.state.snapshot() };
  }

  /** Signs a message of this replica's own. */
  sign<N extends M>(message: N, attachment: Uint8Array | null = null): Signed<N> {
    const payload = this.#codec.encode(message);
    const signature = this.ports.sign(payload);
    return { kind: message.kind, signer: replicaPrincipal(this.self), message, payload, signature, attachment };
  }

  emit(effect: Effect<M>): void {
    this.effects.push(effect);
  }

  broadcast(signed: Signed<M>): void {
    this.effects.push({ kind: "broadcast", signed: signed as SignedOf<M> });
  }

  send(to: ReplicaId, signed: Signed<M>): void {
    this.effects.push({ kind: "send", to, signed: signed as SignedOf<M> });
  }

  persist(record: Uint8Array): void {
    this.effects.push({ kind: "persist", record, sync: true });
  }

  drop(from: Principal, message: M["kind"], reason: string): void {
    this.effects.push({ kind: "dropped", from, message, reason });
  }

  /** The effects of a step, which begins the next one. */
  takeEffects(): readonly Effect<M>[] {
    const { effects } = this;
    this.effects = [];
    return effects;
  }
}
