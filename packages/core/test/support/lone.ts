import {
  NOTHING_SAVED,
  type Principal,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  type SavedState,
  SERVICES,
  type Service,
  type Signed,
  type SignedOf,
  type View,
} from "@bft/core";
import { type DropReason, type PbftMessage, PbftReplica, type ViewChange } from "@bft/core/pbft";
import type { PbftEffect } from "./cluster.js";
import { newViewOf, viewChangeOf } from "./forge.js";
import { portsOf } from "./keys.js";

const LONE_CONFIG: Omit<ReplicaConfig, "self"> = {
  replicas: 4,
  faults: 1,
  clients: 2,
  checkpointInterval: 8,
  viewChangeTimeoutMs: 1000,
  statusIntervalMs: 200,
  pipelineDepth: 4,
  batchOperationsMax: 16,
  batchBytesMax: 65_536,
  operationBytesMax: 1024,
  clientWindow: 16,
};

/** One real replica, of a cluster whose other members are played by the test. Replica 0 is the primary of view 0. */
export class Lone {
  readonly replica: PbftReplica;
  readonly config: ReplicaConfig;
  readonly effects: PbftEffect[] = [];
  /** As its host keeps it: a stable checkpoint takes the place of the records before it. */
  readonly disk: { state: SavedState["state"]; records: Uint8Array[] };
  /** Running timers with their delay. */
  readonly timers = new Map<string, number>();

  constructor(
    self: number,
    config: Partial<ReplicaConfig> = {},
    saved: SavedState = NOTHING_SAVED,
    service = SERVICES.get("kv") as Service,
  ) {
    this.disk = { state: saved.state, records: [...saved.records] };
    this.config = { ...LONE_CONFIG, self: self as ReplicaId, ...config };
    this.replica = new PbftReplica(this.config, portsOf(replicaPrincipal(self as ReplicaId)), service, saved);
    this.#keep(this.replica.step({ kind: "start" }));
  }

  /** Hands over messages, each as if from its signer unless `via` says otherwise. Returns what the replica did. */
  deliver(...messages: readonly Signed<PbftMessage>[]): readonly PbftEffect[] {
    return messages.flatMap((signed) => this.deliverVia(signed.signer, signed));
  }

  deliverVia(via: Principal, signed: Signed<PbftMessage>): readonly PbftEffect[] {
    return this.#keep(this.replica.step({ kind: "message", signed: signed as SignedOf<PbftMessage>, via }));
  }

  fire(timer: string): readonly PbftEffect[] {
    this.timers.delete(timer);
    return this.#keep(this.replica.step({ kind: "timer-fired", timer }));
  }

  /** The same replica after a crash: made anew from what is on its disk. */
  restarted(): Lone {
    return new Lone(this.config.self, this.config, { ...this.disk, lost: false });
  }

  /** Its own messages of a kind that left, oldest first. */
  said<K extends PbftMessage["kind"]>(kind: K): Extract<PbftMessage, { kind: K }>[] {
    return messagesIn(this.effects, kind);
  }

  /** Brings it into `view` by a new-view with the given O. */
  enter(
    view: number,
    order: Parameters<typeof newViewOf>[2] = [],
    viewChanges?: readonly Signed<ViewChange>[],
  ): readonly PbftEffect[] {
    const others = [0, 1, 2, 3].filter((id) => id !== this.config.self);
    return this.deliver(newViewOf(view, viewChanges ?? others.map((id) => viewChangeOf(id, view)), order));
  }

  get view(): View {
    return this.replica.inspect().view as View;
  }

  #keep(effects: readonly PbftEffect[]): readonly PbftEffect[] {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind === "persist") this.disk.records.push(effect.record);
      if (effect.kind === "checkpoint-stable")
        Object.assign(this.disk, { state: { seq: effect.seq, root: effect.state }, records: [...effect.records] });
      if (effect.kind === "start-timer") this.timers.set(effect.timer, effect.delayMs);
      if (effect.kind === "cancel-timer") this.timers.delete(effect.timer);
    }
    return effects;
  }
}

/** Messages of a kind that leave with these effects. */
export function messagesIn<K extends PbftMessage["kind"]>(
  effects: readonly PbftEffect[],
  kind: K,
): Extract<PbftMessage, { kind: K }>[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "send" && effect.kind !== "broadcast" && effect.kind !== "reply") return [];
    return effect.signed.kind === kind ? [effect.signed.message as Extract<PbftMessage, { kind: K }>] : [];
  });
}

/** Why messages were dropped. */
export function droppedIn(effects: readonly PbftEffect[]): DropReason[] {
  return effects.flatMap((effect) => (effect.kind === "dropped" ? [effect.reason as DropReason] : []));
}
