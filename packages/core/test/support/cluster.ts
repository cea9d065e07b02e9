import {
  Client,
  type ClientEffect,
  type ClientId,
  type ClientMessage,
  clientPrincipal,
  type Input,
  type MachineStatus,
  type Outcome,
  type Ports,
  type Principal,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  SERVICES,
  type Service,
  type SignedOf,
  type Timestamp,
} from "@bft/core";
import { PBFT, type PbftMessage, PbftReplica, type PbftSigned } from "@bft/core/pbft";
import { type Behaviour, type ClusterOptions, type Disk, type Envelope, emptyDisk, type PbftEffect } from "./cluster-types.js";
import { portsOf } from "./keys.js";

export type { Envelope, PbftEffect } from "./cluster-types.js";

interface Timer {
  readonly owner: Principal;
  readonly name: string;
  readonly due: number;
}

/** Real replicas and clients over a network in memory: in order, without loss, in virtual time, unless a test meddles. */
export class TestCluster {
  readonly configs: ReplicaConfig[] = [];
  readonly replicas: (PbftReplica | null)[] = [];
  readonly clients: Client[] = [];
  readonly outcomes = new Map<number, Outcome[]>();
  /** Every effect of each replica since it was first made, in order. */
  readonly effects: PbftEffect[][] = [];
  /** What each replica wrote down, as its host would keep it. */
  readonly disks: Disk[] = [];
  /** Says what becomes of a message: itself, nothing, or others. */
  meddle: (envelope: Envelope) => readonly Envelope[] = (envelope) => [envelope];
  /** Replicas that lie. */
  readonly behaviours = new Map<number, Behaviour>();
  /** Sees each thing that a replica does, as it is carried out. */
  observe: (id: number, effect: PbftEffect) => void = () => {};
  /** True ends a replica right after it wrote down that record; what it would have done next is not done. */
  crashAfter: (id: number, record: Uint8Array) => boolean = () => false;
  readonly #service: Service;
  readonly #portsOf: (self: Principal) => Ports;
  readonly #compact: boolean;
  #late: { readonly envelope: Envelope; readonly due: number }[] = [];
  #queue: Envelope[] = [];
  #timers: Timer[] = [];
  now = 0;

  constructor(options: ClusterOptions = {}) {
    const faults = options.faults ?? 1;
    const replicas = options.replicas ?? 3 * faults + 1;
    const clients = options.clients ?? 2;
    this.#service = options.service ?? (SERVICES.get("kv") as Service);
    this.#portsOf = options.ports ?? portsOf;
    this.#compact = options.compact ?? true;
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
      this.disks.push(emptyDisk());
      this.replicas.push(null);
    }
    for (let id = 0; id < clients; id++) {
      const self = id as ClientId;
      const config = {
        self,
        ...PBFT.clientRules(PBFT.quorums(replicas, faults), options.reads ?? "ordered"),
        replicas,
        window: 16,
        retryMs: 300,
        firstTimestamp: 1 as Timestamp,
        reads: options.reads ?? "ordered",
      };
      this.clients.push(new Client(config, this.#portsOf(clientPrincipal(self))));
      this.outcomes.set(id, []);
    }
    for (let id = 0; id < replicas; id++) this.start(id);
  }

  /** Starts a replica from what is on its disk. */
  start(id: number): void {
    const config = this.configs[id] as ReplicaConfig;
    const disk = this.disks[id] as Disk;
    const replica = new PbftReplica(config, this.#portsOf(replicaPrincipal(config.self)), this.#service, { ...disk });
    disk.lost = false;
    this.replicas[id] = replica;
    for (const [client, machine] of this.clients.entries())
      this.#onClientEffects(client, machine.step({ kind: "link", replica: config.self, up: true, hint: null }));
    this.#step(id, replica, { kind: "start" });
  }

  /** Ends a replica at once; what it wrote down stays. */
  kill(id: number): void {
    this.replicas[id] = null;
    this.#timers = this.#timers.filter(({ owner }) => !same(owner, replicaPrincipal(id as ReplicaId)));
    for (const [client, machine] of this.clients.entries())
      this.#onClientEffects(client, machine.step({ kind: "link", replica: id as ReplicaId, up: false, hint: null }));
  }

  /** The power goes with the process: what need not be on the disk of a dead replica is not. Gives how many records are gone. */
  losePower(id: number): number {
    const disk = this.disks[id] as Disk;
    const gone = disk.unsynchronised;
    disk.records.splice(disk.records.length - gone);
    disk.unsynchronised = 0;
    return gone;
  }

  /** Takes a dead replica's disk away: it comes back without its memory. */
  wipe(id: number): void {
    this.disks[id] = { ...emptyDisk(), lost: true };
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
  submit(operation: string | readonly string[], client = 0, readOnly = false): void {
    const operations = typeof operation === "string" ? [operation] : operation;
    this.#onClientEffects(client, (this.clients[client] as Client).step({ kind: "submit", operations, readOnly }));
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
    return this.#step(to, this.replica(to), { kind: "message", signed, via });
  }

  /** Delivers what is on its way until nothing is. Time stands still. */
  settle(): void {
    for (let steps = 0; this.#queue.length > 0; steps++) {
      if (steps > 1_000_000) throw new Error("the network never comes to rest");
      const envelope = this.#queue.shift() as Envelope;
      if (envelope.to.role === "client") {
        const client = this.clients[envelope.to.id] as Client;
        this.#onClientEffects(
          envelope.to.id,
          client.step({ kind: "message", signed: envelope.signed as SignedOf<ClientMessage> }),
        );
      } else if ((this.replicas[envelope.to.id] ?? null) !== null) this.deliver(envelope.to.id, envelope.signed, envelope.from);
    }
  }

  /** Settles and fires timers in virtual time until `condition` holds. Fails after `limitMs`. */
  runUntil(condition: () => boolean, limitMs = 60_000): void {
    const deadline = this.now + limitMs;
    this.settle();
    while (!condition()) {
      const next = this.#timers.reduce<Timer | null>(
        (first, each) => (first === null || each.due < first.due ? each : first),
        null,
      );
      const late = Math.min(...this.#late.map(({ due }) => due));
      const due = Math.min(next?.due ?? Number.POSITIVE_INFINITY, late);
      if (!(due <= deadline)) throw new Error(`not reached within ${limitMs} ms: ${condition}`);
      this.now = due;
      if (late <= due) this.#arrive();
      else if (next !== null) this.#fire(next);
      this.settle();
    }
  }

  /** What was delayed until now joins the queue. */
  #arrive(): void {
    for (const { envelope, due } of this.#late) if (due <= this.now) this.#queue.push(envelope);
    this.#late = this.#late.filter(({ due }) => due > this.now);
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
    if (owner.role === "replica") this.#step(owner.id, this.replica(owner.id), { kind: "timer-fired", timer: name });
    else if (owner.id >= 0)
      this.#onClientEffects(owner.id, (this.clients[owner.id] as Client).step({ kind: "timer-fired", timer: name }));
  }

  #step(id: number, replica: PbftReplica, input: Input<PbftMessage>): readonly PbftEffect[] {
    const honest = replica.step(input);
    const effects = this.behaviours.get(id)?.(input, honest) ?? honest;
    for (const effect of effects) {
      this.effects[id]?.push(effect);
      this.observe(id, effect);
      this.#carryOut(id, effect);
      if (effect.kind === "persist" && this.crashAfter(id, effect.record)) {
        this.kill(id);
        break;
      }
    }
    return effects;
  }

  #carryOut(id: number, effect: PbftEffect): void {
    const from = replicaPrincipal(id as ReplicaId);
    switch (effect.kind) {
      case "persist": {
        const disk = this.disks[id] as Disk;
        disk.records.push(effect.record);
        disk.unsynchronised = effect.sync ? 0 : disk.unsynchronised + 1;
        return;
      }
      case "checkpoint-stable":
        // The state and the records that say again what still matters take the place of all earlier records.
        if (this.#compact)
          this.disks[id] = { ...emptyDisk(), state: { seq: effect.seq, root: effect.state }, records: [...effect.records] };
        return;
      case "send":
        return this.#post({ from, to: replicaPrincipal(effect.to), signed: effect.signed });
      case "reply":
        return this.#post({ from, to: clientPrincipal(effect.to), signed: effect.signed });
      case "broadcast":
        for (const { self } of this.configs)
          if (self !== id) this.#post({ from, to: replicaPrincipal(self), signed: effect.signed });
        return;
      case "start-timer":
      case "cancel-timer":
        return this.#setTimer(from, effect);
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
    for (const each of this.meddle(envelope)) this.post(each);
  }

  /** Puts a message on its way. Nothing meddles with it any more. */
  post(envelope: Envelope): void {
    if ((envelope.delayMs ?? 0) > 0) this.#late.push({ envelope, due: this.now + (envelope.delayMs ?? 0) });
    else this.#queue.push(envelope);
  }

  #setTimer(owner: Principal, effect: { readonly kind: string; readonly timer: string; readonly delayMs?: number }): void {
    this.#timers = this.#timers.filter((each) => !(same(each.owner, owner) && each.name === effect.timer));
    if (effect.delayMs !== undefined) this.#timers.push({ owner, name: effect.timer, due: this.now + effect.delayMs });
  }
}

function same(a: Principal, b: Principal): boolean {
  return a.role === b.role && a.id === b.id;
}
