import {
  Client,
  type ClientEffect,
  type ClientId,
  type ClientMessage,
  clientPrincipal,
  type Effect,
  type Input,
  type Machine,
  type MachineStatus,
  type MessageBase,
  type Outcome,
  type Principal,
  type Protocol,
  principalName,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  SERVICES,
  type Service,
  type Signed,
  type SignedOf,
  type Timestamp,
} from "@bft/core";
import { CrashDisk } from "./crash-disk.js";
import { CrashSafety } from "./crash-safety.js";
import { fastPortsOf } from "./keys.js";

/** A message on its way; a test may drop it, delay it, double it, or put others in its place. */
export interface CrashEnvelope<M extends MessageBase> {
  readonly from: Principal;
  readonly to: Principal;
  readonly signed: SignedOf<M>;
  readonly delayMs: number;
}

export interface CrashClusterOptions {
  /** 2f+1 replicas. Default: 1. */
  readonly faults?: number;
  /** Default: 2f+1. */
  readonly replicas?: number;
  readonly clients?: number;
  readonly config?: Partial<ReplicaConfig>;
  /** False: replicas are made, but none is started yet. */
  readonly start?: boolean;
  /** How long after a snapshot its state is durable; the records before it go then. Default: at once. */
  readonly saveDelayMs?: () => number;
  /** How long a host gathers what its replica does before it writes it down in one go and lets the messages leave. Default: not at all. */
  readonly gatherMs?: () => number;
}

interface Due {
  readonly at: number;
  readonly happen: () => void;
}

/**
 * Replicas of a crash-tolerant protocol and their clients over a network in memory, in virtual time: each message takes a millisecond
 * unless a test meddles. Equal runs are equal. Every effect goes past a judge of safety, which throws at the first thing that
 * must never be.
 */
export class CrashCluster<M extends MessageBase> {
  readonly protocol: Protocol<M>;
  readonly configs: readonly ReplicaConfig[];
  /** null: down. */
  readonly replicas: (Machine<M> | null)[] = [];
  readonly clients: Client[] = [];
  readonly outcomes: Outcome[][] = [];
  /** Every effect of each replica since it was first made, in order. */
  readonly effects: Effect<M>[][] = [];
  readonly disks: CrashDisk[] = [];
  readonly safety: CrashSafety;
  /** Says what becomes of a message: itself, nothing, or others. */
  meddle: (envelope: CrashEnvelope<M>) => readonly CrashEnvelope<M>[] = (envelope) => [envelope];
  /** Between whom nothing passes. */
  cut: (from: Principal, to: Principal) => boolean = () => false;
  /** True ends a replica right after it wrote down that record; what it would have done next is not done. */
  crashAfter: (id: number, record: Uint8Array) => boolean = () => false;
  now = 0;
  readonly #service: Service = SERVICES.get("kv") as Service;
  readonly #saveDelayMs: () => number;
  readonly #gatherMs: () => number;
  /** What each host has gathered and not written down yet. */
  readonly #gathered: Effect<M>[][] = [];
  readonly #due: Due[] = [];
  /** Which setting of a timer counts: earlier ones, and those of an earlier life, do not. */
  readonly #timers = new Map<string, number>();
  readonly #lives: number[] = [];
  #settings = 0;

  constructor(protocol: Protocol<M>, options: CrashClusterOptions = {}) {
    this.protocol = protocol;
    const faults = options.faults ?? 1;
    const replicas = options.replicas ?? protocol.replicasFor(faults);
    const clients = options.clients ?? 2;
    this.#saveDelayMs = options.saveDelayMs ?? (() => 0);
    this.#gatherMs = options.gatherMs ?? (() => 0);
    this.safety = new CrashSafety(protocol.name === "raft");
    this.configs = Array.from({ length: replicas }, (_, id) => ({
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
    }));
    for (let id = 0; id < replicas; id++) {
      this.effects.push([]);
      this.disks.push(new CrashDisk());
      this.replicas.push(null);
      this.#lives.push(0);
      this.#gathered.push([]);
    }
    const rules = protocol.clientRules(protocol.quorums(replicas, faults), "ordered");
    for (let id = 0; id < clients; id++) {
      const self = id as ClientId;
      const config = { self, ...rules, replicas, window: 16, retryMs: 300, firstTimestamp: 1 as Timestamp };
      this.clients.push(new Client({ ...config, reads: "ordered" }, fastPortsOf(clientPrincipal(self))));
      this.outcomes.push([]);
    }
    if (options.start ?? true) for (let id = 0; id < replicas; id++) this.start(id);
  }

  /** Starts a replica from what is on its disk. */
  start(id: number): void {
    const config = this.configs[id] as ReplicaConfig;
    const ports = fastPortsOf(replicaPrincipal(config.self));
    const machine = this.protocol.replica(config, ports, this.#service, this.disk(id).read());
    this.replicas[id] = machine;
    this.#lives[id] = (this.#lives[id] ?? 0) + 1;
    this.safety.started(id, machine.inspect());
    this.#link(id, true);
    this.#step(id, { kind: "start" });
  }

  /** Ends a replica at once. @param torn records torn off the end of its log, of those that nothing depends on yet */
  kill(id: number, torn = 0): void {
    const unwritten = (this.#gathered[id] ?? []).flatMap((effect) => (effect.kind === "persist" ? [effect.record] : []));
    this.disk(id).write(unwritten, null);
    this.#gathered[id] = [];
    this.replicas[id] = null;
    this.#lives[id] = (this.#lives[id] ?? 0) + 1;
    this.disk(id).crash(torn);
    this.#link(id, false);
  }

  /** Takes a dead replica's disk away: it comes back without its memory. */
  wipe(id: number): void {
    this.disk(id).wipe();
    this.safety.wiped(id);
  }

  /** Only within a group does anything pass; clients reach everybody. */
  partition(...groups: readonly (readonly number[])[]): void {
    const groupOf = (id: number) => groups.findIndex((group) => group.includes(id));
    this.cut = (from, to) => from.role === "replica" && to.role === "replica" && groupOf(from.id) !== groupOf(to.id);
  }

  heal(): void {
    this.cut = () => false;
  }

  disk(id: number): CrashDisk {
    return this.disks[id] as CrashDisk;
  }

  replica(id: number): Machine<M> {
    const replica = this.replicas[id] ?? null;
    if (replica === null) throw new Error(`replica ${id} is down`);
    return replica;
  }

  status(id: number): MachineStatus {
    return this.replica(id).inspect();
  }

  /** Who leads, in the highest view in which somebody that is up says it does; null when nobody does. */
  leader(): number | null {
    const leading = this.up().filter((id) => this.status(id).isPrimary);
    leading.sort((a, b) => this.status(b).view - this.status(a).view);
    return leading[0] ?? null;
  }

  up(): readonly number[] {
    return this.configs.map(({ self }) => self as number).filter((id) => (this.replicas[id] ?? null) !== null);
  }

  /** Hands operations to a client machine. */
  submit(operation: string | readonly string[], client = 0): void {
    const operations = typeof operation === "string" ? [operation] : operation;
    this.#onClientEffects(client, (this.clients[client] as Client).step({ kind: "submit", operations }));
  }

  /** Submits and runs until the client has its answer. */
  ask(operation: string | readonly string[], client = 0, limitMs = 60_000): Outcome {
    const before = this.answered(client);
    this.submit(operation, client);
    this.runUntil(() => this.answered(client) > before, limitMs);
    return this.outcomes[client]?.at(-1) as Outcome;
  }

  answered(client = 0): number {
    return this.outcomes[client]?.length ?? 0;
  }

  /** A message handed to a replica as if it had come from `via`, at once. */
  deliver(to: number, signed: Signed<M>, via: Principal = signed.signer): readonly Effect<M>[] {
    return this.#step(to, { kind: "message", signed: signed as SignedOf<M>, via });
  }

  /** Lets virtual time pass until `condition` holds. @throws Error after `limitMs` */
  runUntil(condition: () => boolean, limitMs = 60_000): void {
    const deadline = this.now + limitMs;
    while (!condition()) {
      const next = this.#due[0];
      if (next === undefined || next.at > deadline) throw new Error(`not reached within ${limitMs} ms: ${condition}`);
      this.#due.shift();
      this.now = next.at;
      next.happen();
    }
  }

  /** Lets `ms` of virtual time pass. */
  run(ms: number): void {
    let over = false;
    this.after(ms, () => {
      over = true;
    });
    this.runUntil(() => over, ms);
  }

  /** Lets something happen `ms` from now. */
  after(ms: number, happen: () => void): void {
    const at = this.now + ms;
    let low = 0;
    let high = this.#due.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#due[middle] as Due).at <= at) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, { at, happen });
  }

  effectsOf<K extends Effect<M>["kind"]>(id: number, kind: K): Extract<Effect<M>, { kind: K }>[] {
    return (this.effects[id] ?? []).filter((effect): effect is Extract<Effect<M>, { kind: K }> => effect.kind === kind);
  }

  #step(id: number, input: Input<M>): readonly Effect<M>[] {
    const effects = this.replica(id).step(input);
    for (const effect of effects) {
      this.effects[id]?.push(effect);
      this.safety.onEffect(id, effect);
      if (effect.kind === "start-timer" || effect.kind === "cancel-timer")
        this.#setTimer(replicaPrincipal(id as ReplicaId), effect);
      else this.#gathered[id]?.push(effect);
      if (effect.kind === "persist" && this.crashAfter(id, effect.record)) {
        this.kill(id);
        return effects;
      }
    }
    const life = this.#lives[id];
    const gatherMs = this.#gatherMs();
    if (gatherMs === 0) this.#flush(id);
    else
      this.after(gatherMs, () => {
        if (this.#lives[id] === life) this.#flush(id);
      });
    return effects;
  }

  /** Writes down what was gathered, in one go, and then lets the messages leave. */
  #flush(id: number): void {
    const gathered = this.#gathered[id] ?? [];
    this.#gathered[id] = [];
    const records = gathered.flatMap((effect) => (effect.kind === "persist" ? [effect.record] : []));
    const snapshot = gathered.filter((effect) => effect.kind === "checkpoint-stable").at(-1) ?? null;
    this.disk(id).write(records, snapshot);
    if (snapshot !== null) this.#saveLater(id);
    for (const effect of gathered) this.#carryOut(id, effect);
  }

  #saveLater(id: number): void {
    const life = this.#lives[id];
    const delayMs = this.#saveDelayMs();
    if (delayMs === 0) return this.disk(id).save();
    this.after(delayMs, () => {
      if (this.#lives[id] === life) this.disk(id).save();
    });
  }

  #carryOut(id: number, effect: Effect<M>): void {
    const from = replicaPrincipal(id as ReplicaId);
    switch (effect.kind) {
      case "send":
        return this.#leave(id, from, replicaPrincipal(effect.to), effect.signed);
      case "reply":
        return this.#leave(id, from, clientPrincipal(effect.to), effect.signed);
      case "broadcast":
        for (const { self } of this.configs) if (self !== id) this.#leave(id, from, replicaPrincipal(self), effect.signed);
        return;
    }
  }

  #leave(id: number, from: Principal, to: Principal, signed: SignedOf<M>): void {
    this.disk(id).sync();
    this.safety.left(id);
    this.#post({ from, to, signed, delayMs: 1 });
  }

  #post(envelope: CrashEnvelope<M>): void {
    if (this.cut(envelope.from, envelope.to)) return;
    for (const each of this.meddle(envelope)) this.after(each.delayMs, () => this.#arrive(each));
  }

  /** What arrives was bytes on its way. */
  #arrive({ from, to, signed: { payload, ...rest } }: CrashEnvelope<M>): void {
    const decoded = this.protocol.codec.decode(payload);
    if (!decoded.ok) throw new Error(`what ${principalName(from)} sent can not be read: ${decoded.error.detail}`);
    const signed = { ...rest, payload, message: decoded.message } as SignedOf<M>;
    if (to.role === "client")
      this.#onClientEffects(
        to.id,
        (this.clients[to.id] as Client).step({ kind: "message", signed: signed as unknown as SignedOf<ClientMessage> }),
      );
    else if ((this.replicas[to.id] ?? null) !== null) this.deliver(to.id, signed, from);
  }

  #onClientEffects(id: number, effects: readonly ClientEffect[]): void {
    const from = clientPrincipal(id as ClientId);
    for (const effect of effects) {
      if (effect.kind === "send")
        // Clients' messages are among every protocol's own.
        this.#post({ from, to: replicaPrincipal(effect.to), signed: effect.signed as unknown as SignedOf<M>, delayMs: 1 });
      if (effect.kind === "accepted") {
        this.outcomes[id]?.push(effect.outcome);
        this.safety.accepted(id, effect.outcome);
      }
      if (effect.kind === "start-timer" || effect.kind === "cancel-timer") this.#setTimer(from, effect);
    }
  }

  #link(id: number, up: boolean): void {
    for (const [client, machine] of this.clients.entries())
      this.#onClientEffects(client, machine.step({ kind: "link", replica: id as ReplicaId, up, hint: null }));
  }

  #setTimer(owner: Principal, effect: { readonly kind: string; readonly timer: string; readonly delayMs?: number }): void {
    const life = owner.role === "replica" ? this.#lives[owner.id] : 0;
    const name = `${principalName(owner)} ${effect.timer}`;
    const setting = ++this.#settings;
    this.#timers.set(name, setting);
    if (effect.delayMs === undefined) return;
    this.after(effect.delayMs, () => {
      if (this.#timers.get(name) !== setting) return;
      const input = { kind: "timer-fired", timer: effect.timer } as const;
      if (owner.role === "client") this.#onClientEffects(owner.id, (this.clients[owner.id] as Client).step(input));
      else if (this.#lives[owner.id] === life && (this.replicas[owner.id] ?? null) !== null) this.#step(owner.id, input);
    });
  }
}
