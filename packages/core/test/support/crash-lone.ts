import {
  type Effect,
  type Machine,
  type MachineStatus,
  type MessageBase,
  NOTHING_SAVED,
  type Principal,
  type Protocol,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  type SavedState,
  SERVICES,
  type Service,
  type Signed,
  type SignedOf,
} from "@bft/core";
import { fastPortsOf } from "./keys.js";

const CONFIG: Omit<ReplicaConfig, "self"> = {
  replicas: 3,
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

/** One real replica of a crash-tolerant protocol; the others of its cluster are played by the test. */
export class CrashLone<M extends MessageBase> {
  readonly protocol: Protocol<M>;
  readonly config: ReplicaConfig;
  readonly replica: Machine<M>;
  readonly effects: Effect<M>[] = [];
  readonly timers = new Map<string, number>();
  /** As its host keeps it: a snapshot takes the place of the records before it. */
  state: SavedState["state"];
  records: readonly Uint8Array[];

  constructor(protocol: Protocol<M>, self: number, config: Partial<ReplicaConfig> = {}, saved: SavedState = NOTHING_SAVED) {
    this.protocol = protocol;
    this.config = { ...CONFIG, ...config, self: self as ReplicaId };
    this.state = saved.state;
    this.records = [...saved.records];
    const ports = fastPortsOf(replicaPrincipal(self as ReplicaId));
    this.replica = protocol.replica(this.config, ports, SERVICES.get("kv") as Service, saved);
    this.#keep(this.replica.step({ kind: "start" }));
  }

  /** Hands over messages, each as if from its signer. Returns what the replica did. */
  deliver(...messages: readonly Signed<M>[]): readonly Effect<M>[] {
    return messages.flatMap((signed) => this.deliverVia(signed.signer, signed));
  }

  deliverVia(via: Principal, signed: Signed<M>): readonly Effect<M>[] {
    return this.#keep(this.replica.step({ kind: "message", signed: signed as SignedOf<M>, via }));
  }

  fire(timer: string): readonly Effect<M>[] {
    this.timers.delete(timer);
    return this.#keep(this.replica.step({ kind: "timer-fired", timer }));
  }

  get status(): MachineStatus {
    return this.replica.inspect();
  }

  /** The same replica after a crash: made anew from these records. */
  restarted(records = this.records): CrashLone<M> {
    return new CrashLone(this.protocol, this.config.self, this.config, { state: this.state, records, lost: false });
  }

  #keep(effects: readonly Effect<M>[]): readonly Effect<M>[] {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind === "persist") this.records = [...this.records, effect.record];
      if (effect.kind === "checkpoint-stable") {
        this.state = { seq: effect.seq, root: effect.state };
        this.records = effect.records;
      }
      if (effect.kind === "start-timer") this.timers.set(effect.timer, effect.delayMs);
      if (effect.kind === "cancel-timer") this.timers.delete(effect.timer);
    }
    return effects;
  }
}

/** Messages of a kind that leave with these effects. */
export function messagesIn<M extends MessageBase, K extends M["kind"]>(
  effects: readonly Effect<M>[],
  kind: K,
): Extract<M, { kind: K }>[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "send" && effect.kind !== "broadcast" && effect.kind !== "reply") return [];
    return effect.signed.kind === kind ? [effect.signed.message as unknown as Extract<M, { kind: K }>] : [];
  });
}

export function effectsIn<M extends MessageBase, K extends Effect<M>["kind"]>(
  effects: readonly Effect<M>[],
  kind: K,
): Extract<Effect<M>, { kind: K }>[] {
  return effects.filter((effect): effect is Extract<Effect<M>, { kind: K }> => effect.kind === kind);
}
