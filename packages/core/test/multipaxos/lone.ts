import type { Digest, Machine, SeqNum } from "@bft/core";
import {
  type ClientId,
  clientPrincipal,
  type Effect,
  encodeWire,
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
  type Timestamp,
} from "@bft/core";
import {
  type Accept,
  type Accepted,
  type Ballot,
  type Chosen,
  MULTIPAXOS,
  type PaxosDropReason,
  type PaxosMessage,
  type Prepare,
  type Promised,
  paxosCodec,
  type Request,
} from "@bft/core/multipaxos";
import { fastPortsOf } from "../support/keys.js";

export type PaxosEffect = Effect<PaxosMessage>;

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

/** One real replica of a cluster whose other members are played by the test. Replica 0 leads ballot 0. */
export class LonePaxos {
  readonly replica: Machine<PaxosMessage>;
  readonly config: ReplicaConfig;
  readonly effects: PaxosEffect[] = [];
  /** As its host keeps it: a snapshot takes the place of the records before it. */
  readonly disk: { state: SavedState["state"]; records: Uint8Array[] };
  readonly timers = new Map<string, number>();

  constructor(self: number, config: Partial<ReplicaConfig> = {}, saved: SavedState = NOTHING_SAVED) {
    this.disk = { state: saved.state, records: [...saved.records] };
    this.config = { ...CONFIG, self: self as ReplicaId, ...config };
    const ports = fastPortsOf(replicaPrincipal(self as ReplicaId));
    this.replica = MULTIPAXOS.replica(this.config, ports, SERVICES.get("kv") as Service, saved);
    this.#keep(this.replica.step({ kind: "start" }));
  }

  /** Hands over messages, each as if from its signer. Returns what the replica did. */
  deliver(...messages: readonly Signed<PaxosMessage>[]): readonly PaxosEffect[] {
    return messages.flatMap((signed) => this.deliverVia(signed.signer, signed));
  }

  deliverVia(via: Principal, signed: Signed<PaxosMessage>): readonly PaxosEffect[] {
    return this.#keep(this.replica.step({ kind: "message", signed: signed as SignedOf<PaxosMessage>, via }));
  }

  fire(timer: string): readonly PaxosEffect[] {
    this.timers.delete(timer);
    return this.#keep(this.replica.step({ kind: "timer-fired", timer }));
  }

  /** The same replica after a crash: made anew from what is on its disk. */
  restarted(records = this.disk.records): LonePaxos {
    return new LonePaxos(this.config.self, this.config, { state: this.disk.state, records, lost: false });
  }

  said<K extends PaxosMessage["kind"]>(kind: K): Extract<PaxosMessage, { kind: K }>[] {
    return messagesIn(this.effects, kind);
  }

  get status() {
    return this.replica.inspect();
  }

  #keep(effects: readonly PaxosEffect[]): readonly PaxosEffect[] {
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
export function messagesIn<K extends PaxosMessage["kind"]>(
  effects: readonly PaxosEffect[],
  kind: K,
): Extract<PaxosMessage, { kind: K }>[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "send" && effect.kind !== "broadcast" && effect.kind !== "reply") return [];
    return effect.signed.kind === kind ? [effect.signed.message as Extract<PaxosMessage, { kind: K }>] : [];
  });
}

export function droppedIn(effects: readonly PaxosEffect[]): PaxosDropReason[] {
  return effects.flatMap((effect) => (effect.kind === "dropped" ? [effect.reason as PaxosDropReason] : []));
}

export function executedIn(effects: readonly PaxosEffect[]): Extract<PaxosEffect, { kind: "executed" }>[] {
  return effects.filter((effect): effect is Extract<PaxosEffect, { kind: "executed" }> => effect.kind === "executed");
}

export const ports = fastPortsOf(replicaPrincipal(0 as ReplicaId));

export function signAs<M extends PaxosMessage>(signer: Principal, message: M, attachment: Uint8Array | null = null): Signed<M> {
  const payload = paxosCodec.encode(message);
  return { kind: message.kind, signer, message, payload, signature: fastPortsOf(signer).sign(payload), attachment };
}

export function byReplica<M extends PaxosMessage>(id: number, message: M, attachment: Uint8Array | null = null): Signed<M> {
  return signAs(replicaPrincipal(id as ReplicaId), message, attachment);
}

/** A value as it travels. */
export interface TestValue {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

export function valueOfBytes(bytes: Uint8Array): TestValue {
  return { bytes, digest: ports.hash(bytes) };
}

/** The value of one command of client 0. */
export function valueNamed(name: string, timestamp = 1, client = 0): TestValue {
  return valueOfBytes(encodeWire([[client, timestamp, [`set ${name} 1`], 0]]));
}

export const NO_OP = valueOfBytes(encodeWire([]));

export function requestOf(operation: string, client = 0, timestamp = 1): Signed<Request> {
  return signAs<Request>(clientPrincipal(client as ClientId), {
    kind: "request",
    client: client as ClientId,
    timestamp: timestamp as Timestamp,
    operations: [operation],
    readOnly: false,
    oldest: 0 as Timestamp,
    repliers: null,
  });
}

/** The value that a leader makes of that one request. */
export function valueOfRequest(operation: string, client = 0, timestamp = 1): TestValue {
  return valueOfBytes(encodeWire([[client, timestamp, [operation], 0]]));
}

const at = (ballot: number, seq: number) => ({ ballot: ballot as Ballot, seq: seq as SeqNum });

export function prepareOf(ballot: number, from = 1, sender = ballot % 3): Signed<Prepare> {
  return byReplica<Prepare>(sender, { kind: "prepare", ballot: ballot as Ballot, from: from as SeqNum });
}

export interface PromiseParts {
  readonly from?: number;
  readonly low?: number;
  readonly executed?: number;
  readonly complete?: boolean;
}

export function promiseOf(
  acceptor: number,
  ballot: number,
  accepted: readonly (readonly [seq: number, ballot: number, value: TestValue])[] = [],
  { from = 1, low = 0, executed = low, complete = true }: PromiseParts = {},
): Signed<Promised> {
  return byReplica<Promised>(acceptor, {
    kind: "promise",
    ballot: ballot as Ballot,
    from: from as SeqNum,
    low: low as SeqNum,
    executed: executed as SeqNum,
    accepted: accepted.map(([seq, ballot, value]) => ({ ...at(ballot, seq), ...value })),
    complete,
  });
}

export function acceptOf(ballot: number, seq: number, value: TestValue, chosen = 0, sender = ballot % 3): Signed<Accept> {
  const message: Accept = { kind: "accept", ...at(ballot, seq), digest: value.digest, chosen: chosen as SeqNum };
  return byReplica(sender, message, value.bytes);
}

export function acceptedOf(acceptor: number, ballot: number, seq: number, value: TestValue): Signed<Accepted> {
  return byReplica<Accepted>(acceptor, { kind: "accepted", ...at(ballot, seq), digest: value.digest });
}

export function heartbeatOf(ballot: number, chosen: number, sender = ballot % 3) {
  return byReplica(sender, { kind: "heartbeat", ballot: ballot as Ballot, chosen: chosen as SeqNum });
}

export function chosenOf(sender: number, seq: number, value: TestValue, ballot = 0): Signed<Chosen> {
  return byReplica<Chosen>(sender, { kind: "chosen", ...at(ballot, seq), digest: value.digest, last: false }, value.bytes);
}

export function refusedOf(sender: number, ballot: number, promised: number, executed = 0) {
  return byReplica(sender, {
    kind: "refused",
    ballot: ballot as Ballot,
    promised: promised as Ballot,
    executed: executed as SeqNum,
  });
}

export function fetchOf(sender: number, from: number) {
  return byReplica(sender, { kind: "fetch", from: from as SeqNum });
}

/** What a leader asked to be accepted: instance and digest. */
export function proposalsIn(effects: readonly PaxosEffect[]): (readonly [number, Digest])[] {
  return messagesIn(effects, "accept").map(({ seq, digest }) => [seq, digest] as const);
}
