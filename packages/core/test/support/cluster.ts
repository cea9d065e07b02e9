import {
  type ClientId,
  clientPrincipal,
  type Effect,
  type MachineStatus,
  type Principal,
  type ReplicaId,
  replicaPrincipal,
  type Service,
  SERVICES,
  type Timestamp,
} from "@bft/core";
import { type ClientEffect, type Outcome, PbftClient, type PbftConfig, type PbftMessage, PbftReplica, type PbftSigned } from "@bft/core/pbft";
import { portsOf } from "./keys.js";

export type PbftEffect = Effect<PbftMessage>;

/** A message on its way; a test may drop it, hold it back, or put others in its place. */
export interface Envelope {
  readonly from: Principal;
  readonly to: Principal;
  readonly signed: PbftSigned;
}

export interface ClusterOptions {
  readonly faults?: number;
  readonly replicas?: number;
  readonly clients?: number;
  readonly service?: Service;
  readonly config?: Partial<PbftConfig>;
}

interface Timer {
  readonly owner: Principal;
  readonly name: string;
  readonly due: number;
}

/** Real replicas and clients over a network in memory: in order, without loss, in virtual time, unless a test meddles. */
export class TestCluster {
  readonly configs: PbftConfig[] = [];
  readonly replicas: (PbftReplica | null)[] = [];
  readonly clients: PbftClient[] = [];
  readonly outcomes = new Map<number, Outcome[]>();
  /** Every effect of each replica since it was first made, in order. */
  readonly effects: PbftEffect[][] = [];
  /** What each replica wrote down. */
  readonly disks: Uint8Array[][] = [];
  /** Says what becomes of a message: itself, nothing, or others. */
  meddle: (envelope: Envelope) => readonly Envelope[] = (envelope) => [envelope];
  readonly #service: Service;
  #queue: Envelope[] = [];
  #timers: Timer[] = [];
  now = 0;

  constructor(options: ClusterOptions = {}) {
    const faults = options.faults ?? 1;
    const replicas = options.replicas ?? 3 * faults + 1;
    const clients = options.clients ?? 2;
    this.#service = options.service ?? (SERVICES.get("kv") as Service);
    for (let id = 0; id < replicas; id++) {
      this.configs.push({
        self: id as ReplicaId,
        replicas,
        faults,
        clients,
        checkpointInterval: 8,
        viewChangeTimeoutMs: 1000,
        statusIntervalMs: 200,
        pipelineDepth: 4,
        batchOperationsMax: 16,
        batchBytesMax: 65_536,
        operationBytesMax: 1024,
        clientWindow: 16,
        ...options.config,
      });
      this.effects.push([]);
      this.disks.push([]);
      this.replicas.push(null);
    }
    for (let id = 0; id < clients; id++) {
      const self = id as ClientId;
      const config = { self, replicas, faults, window: 16, retryMs: 300, firstTimestamp: 1 as Timestamp };
      this.clients.push(new PbftClient(config, portsOf(clientPrincipal(self))));
      this.outcomes.set(id, []);
    }
    for (let id = 0; id < replicas; id++) this.start(id);
  }

  /** Starts a replica from what is on its disk. */
  start(id: number): void {
    const config = this.configs[id] as PbftConfig;
    const replica = new PbftReplica(config, portsOf(replicaPrincipal(config.self)), this.#service, this.disks[id]);
    this.replicas[id] = replica;
    for (const [client, machine] of this.clients.entries())
      this.#onClientEffects(client, machine.step({ kind: "link", replica: config.self, up: true, hint: null }));
    this.#onEffects(id, replica.step({ kind: "start" }));
  }

  /** Ends a replica at once; what it wrote down stays. */
  kill(id: number): void {
    this.replicas[id] = null;
    this.#timers = this.#timers.filter(({ owner }) => !same(owner, replicaPrincipal(id as ReplicaId)));
    for (const [client, machine] of this.clients.entries())
      this.#onClientEffects(client, machine.step({ kind: "link", replica: id as ReplicaId, up: false, hint: null }));
  }

  status(id: number): MachineStatus {
    return this.replica(id).inspect();
  }

  replica(id: number): PbftReplica {
    const replica = this.replicas[id] ?? null;
    if (replica === null) throw new Error(`replica ${id} is down`);
    return replica;
  }

  /** Hands an operation to a client machine. */
  submit(operation: string | readonly string[], client = 0): void {
    const operations = typeof operation === "string" ? [operation] : operation;
    this.#onClientEffects(client, (this.clients[client] as PbftClient).step({ kind: "submit", operations }));
  }

  /** Submits and runs until the client has accepted an answer, at most `limitMs` of virtual time. */
  ask(operation: string | readonly string[], client = 0, limitMs = 60_000): Outcome {
    const before = this.accepted(client);
    this.submit(operation, client);
    this.runUntil(() => this.accepted(client) > before, limitMs);
    return this.outcomes.get(client)?.at(-1) as Outcome;
  }

  accepted(client = 0): number {
    return this.outcomes.get(client)?.length ?? 0;
  }

  /** A message handed to a replica as if it had come from `via`. */
  deliver(to: number, signed: PbftSigned, via: Principal = signed.signer): readonly PbftEffect[] {
    const replica = this.replica(to);
    const effects = replica.step({ kind: "message", signed, via });
    this.#onEffects(to, effects);
    return effects;
  }

  /** Delivers what is on its way until nothing is. Time stands still. */
  settle(): void {
    for (let steps = 0; this.#queue.length > 0; steps++) {
      if (steps > 1_000_000) throw new Error("the network never comes to rest");
      const envelope = this.#queue.shift() as Envelope;
      if (envelope.to.role === "client") {
        const client = this.clients[envelope.to.id] as PbftClient;
        this.#onClientEffects(envelope.to.id, client.step({ kind: "message", signed: envelope.signed }));
      } else if ((this.replicas[envelope.to.id] ?? null) !== null) this.deliver(envelope.to.id, envelope.signed, envelope.from);
    }
  }

  /** Settles and fires timers in virtual time until `condition` holds. Fails after `limitMs`. */
  runUntil(condition: () => boolean, limitMs = 60_000): void {
    const deadline = this.now + limitMs;
    this.settle();
    while (!condition()) {
      const next = this.#timers.reduce<Timer | null>((first, each) => (first === null || each.due < first.due ? each : first), null);
      if (next === null || next.due > deadline) throw new Error(`not reached within ${limitMs} ms: ${condition}`);
      this.now = next.due;
      this.#fire(next);
      this.settle();
    }
  }

  /** Lets `ms` of virtual time pass. */
  run(ms: number): void {
    const end = this.now + ms;
    this.#timers.push({ owner: clientPrincipal(-1 as ClientId), name: "end of run", due: end });
    this.runUntil(() => this.now >= end, ms);
  }

  effectsOf<K extends PbftEffect["kind"]>(id: number, kind: K): Extract<PbftEffect, { kind: K }>[] {
    return (this.effects[id] ?? []).filter((effect): effect is Extract<PbftEffect, { kind: K }> => effect.kind === kind);
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
    const { owner, name } = timer;
    if (owner.role === "replica") this.#onEffects(owner.id, this.replica(owner.id).step({ kind: "timer-fired", timer: name }));
    else if (owner.id >= 0) this.#onClientEffects(owner.id, (this.clients[owner.id] as PbftClient).step({ kind: "timer-fired", timer: name }));
  }

  #onEffects(id: number, effects: readonly PbftEffect[]): void {
    const from = replicaPrincipal(id as ReplicaId);
    this.effects[id]?.push(...effects);
    for (const effect of effects) {
      if (effect.kind === "persist") this.disks[id]?.push(effect.record);
      if (effect.kind === "send") this.#post({ from, to: replicaPrincipal(effect.to), signed: effect.signed });
      if (effect.kind === "reply") this.#post({ from, to: clientPrincipal(effect.to), signed: effect.signed });
      if (effect.kind === "broadcast") for (const { self } of this.configs) if (self !== id) this.#post({ from, to: replicaPrincipal(self), signed: effect.signed });
      if (effect.kind === "start-timer" || effect.kind === "cancel-timer") this.#setTimer(from, effect);
    }
  }

  #onClientEffects(id: number, effects: readonly ClientEffect[]): void {
    const from = clientPrincipal(id as ClientId);
    for (const effect of effects) {
      if (effect.kind === "send") this.#post({ from, to: replicaPrincipal(effect.to), signed: effect.signed });
      if (effect.kind === "accepted") this.outcomes.get(id)?.push(effect.outcome);
      if (effect.kind === "start-timer" || effect.kind === "cancel-timer") this.#setTimer(from, effect);
    }
  }

  #post(envelope: Envelope): void {
    this.#queue.push(...this.meddle(envelope));
  }

  #setTimer(owner: Principal, effect: { readonly kind: string; readonly timer: string; readonly delayMs?: number }): void {
    this.#timers = this.#timers.filter((each) => !(same(each.owner, owner) && each.name === effect.timer));
    if (effect.delayMs !== undefined) this.#timers.push({ owner, name: effect.timer, due: this.now + effect.delayMs });
  }
}

export function same(a: Principal, b: Principal): boolean {
  return a.role === b.role && a.id === b.id;
}
