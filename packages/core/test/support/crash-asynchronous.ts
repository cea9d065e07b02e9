import {
  type ClientId,
  clientCodec,
  clientPrincipal,
  type Effect,
  type Input,
  type Machine,
  type MessageBase,
  type Protocol,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  SERVICES,
  type Service,
  type SignedOf,
  type Timestamp,
} from "@bft/core";
import { CrashDisk } from "./crash-disk.js";
import { CrashSafety } from "./crash-safety.js";
import { fastPortsOf } from "./keys.js";
import { Random } from "./random.js";

interface InFlight<M extends MessageBase> {
  readonly to: number;
  readonly signed: SignedOf<M>;
}

/** What a protocol calls the timer that makes a replica want to lead, and the one by which it says again what may be lost. */
export interface TimerNames {
  readonly wait: string;
  readonly tick: string;
}

const STEPS = 900;
const IN_FLIGHT_MAX = 120;

/** What happened in a run, so that a test can assert that something did. */
export interface Explored {
  readonly executed: number;
  readonly viewsEntered: number;
  readonly crashes: number;
  readonly wiped: number;
  readonly installed: number;
}

/**
 * The asynchronous model as "Paxos Made Simple" has it (§2.1): "agents operate at arbitrary speed, may fail by stopping, and may restart"; "messages
 * can take arbitrarily long to be delivered, can be duplicated, and can be lost". There is no time: at each step any message may arrive,
 * any timer may fire, anybody may end, also in the midst of a step. So leaders cross one another far more often than on any clock.
 * Safety is judged all along; progress is not owed here.
 */
export function explore<M extends MessageBase>(protocol: Protocol<M>, seed: number, timers: TimerNames): Explored {
  return new Asynchronous(protocol, seed, timers).run();
}

class Asynchronous<M extends MessageBase> {
  readonly #protocol: Protocol<M>;
  readonly #names: TimerNames;
  readonly #random: Random;
  readonly #faults: number;
  readonly #replicas: (Machine<M> | null)[] = [];
  readonly #disks: CrashDisk[] = [];
  readonly #timers: Set<string>[] = [];
  readonly #safety: CrashSafety;
  /** Who has lost its disk: it counts among the f that fail for ever, though it comes back and learns. */
  readonly #wiped = new Set<number>();
  readonly #timestamps = [0, 0];
  readonly #count = { executed: 0, viewsEntered: 0, crashes: 0, wiped: 0, installed: 0 };
  readonly #interval: number;
  /** How often a timer fires in place of a message that arrives. */
  readonly #unrest: number;
  #inFlight: InFlight<M>[] = [];
  /** Effects until somebody ends in the midst of a step. */
  #crashIn = Number.POSITIVE_INFINITY;

  constructor(protocol: Protocol<M>, seed: number, timers: TimerNames) {
    this.#protocol = protocol;
    this.#names = timers;
    this.#safety = new CrashSafety(protocol.name === "raft");
    this.#random = new Random(seed);
    this.#faults = this.#random.pick([1, 1, 2]);
    this.#interval = this.#random.pick([1, 2, 8]);
    this.#unrest = this.#random.pick([0.01, 0.03, 0.1]);
    for (let id = 0; id < 2 * this.#faults + 1; id++) {
      this.#replicas.push(null);
      this.#disks.push(new CrashDisk());
      this.#timers.push(new Set());
    }
    for (let id = 0; id < this.#replicas.length; id++) this.#start(id);
  }

  run(): Explored {
    for (let step = 0; step < STEPS; step++) this.#something();
    return this.#count;
  }

  #something(): void {
    const random = this.#random;
    const id = random.below(this.#replicas.length);
    if (this.#replicas[id] === null && random.chance(0.1)) return this.#start(id);
    if (random.chance(0.01)) return this.#kill(id, random.below(3));
    if (random.chance(0.02)) this.#crashIn = 1 + random.below(6);
    if (random.chance(0.06)) return this.#submit(id);
    if (random.chance(this.#unrest) && this.#timers[id]?.has(this.#names.wait)) return this.#fire(id, this.#names.wait);
    if (random.chance(0.06)) return this.#fire(id, this.#names.tick);
    this.#deliver();
  }

  #deliver(): void {
    if (this.#inFlight.length === 0) return;
    const index = this.#random.below(this.#inFlight.length);
    const { to, signed } = this.#inFlight[index] as InFlight<M>;
    if (!this.#random.chance(0.1)) this.#inFlight.splice(index, 1);
    if (!this.#random.chance(0.05)) this.#step(to, { kind: "message", signed, via: signed.signer });
  }

  #submit(id: number): void {
    const client = this.#random.below(2);
    const last = this.#timestamps[client] ?? 0;
    // Often what was asked before, as a client does that has no answer.
    const timestamp = last > 0 && this.#random.chance(0.4) ? Math.max(1, last - this.#random.below(4)) : last + 1;
    this.#timestamps[client] = Math.max(last, timestamp);
    const signer = clientPrincipal(client as ClientId);
    const message = {
      kind: "request",
      client: client as ClientId,
      timestamp: timestamp as Timestamp,
      operations: [`set k${timestamp % 3} ${client}.${timestamp}`],
      readOnly: false,
      oldest: 0 as Timestamp,
      repliers: null,
    } as const;
    const payload = clientCodec.encode(message);
    const signature = fastPortsOf(signer).sign(payload);
    const signed = { kind: "request", signer, message, payload, signature, attachment: null };
    // Clients' messages are among every protocol's own.
    this.#step(id, { kind: "message", signed: signed as unknown as SignedOf<M>, via: signer });
  }

  #fire(id: number, timer: string): void {
    this.#timers[id]?.delete(timer);
    this.#step(id, { kind: "timer-fired", timer });
  }

  #start(id: number): void {
    const config: ReplicaConfig = {
      self: id as ReplicaId,
      replicas: this.#replicas.length,
      faults: this.#faults,
      clients: 2,
      checkpointInterval: this.#interval,
      viewChangeTimeoutMs: 50,
      statusIntervalMs: 50,
      pipelineDepth: 2,
      batchOperationsMax: 2,
      batchBytesMax: 1024,
      operationBytesMax: 64,
      clientWindow: 16,
    };
    const disk = this.#disks[id] as CrashDisk;
    const ports = fastPortsOf(replicaPrincipal(config.self));
    const machine = this.#protocol.replica(config, ports, SERVICES.get("kv") as Service, disk.read());
    this.#replicas[id] = machine;
    this.#safety.started(id, machine.inspect());
    this.#step(id, { kind: "start" });
  }

  #kill(id: number, torn: number): void {
    if (!this.#mayEnd(id)) return;
    this.#replicas[id] = null;
    this.#timers[id]?.clear();
    this.#disks[id]?.crash(torn);
    this.#count.crashes += 1;
    if (this.#lost < this.#faults && this.#random.chance(0.1)) {
      this.#disks[id]?.wipe();
      this.#safety.wiped(id);
      this.#count.wiped += 1;
      this.#wiped.add(id);
    }
  }

  #mayEnd(id: number): boolean {
    const down = this.#replicas.filter((each) => each === null).length;
    return this.#replicas[id] !== null && down + this.#lost < this.#faults;
  }

  get #lost(): number {
    return [...this.#wiped].filter((id) => this.#replicas[id] !== null).length;
  }

  /** What was written down goes to the disk in one write, then the messages leave. A crash leaves the beginning of the effects. */
  #step(id: number, input: Input<M>): void {
    const machine = this.#replicas[id] ?? null;
    if (machine === null) return;
    const all = machine.step(input);
    const ends = this.#crashIn <= all.length && this.#mayEnd(id);
    const effects = ends ? all.slice(0, this.#crashIn) : all;
    this.#crashIn = this.#crashIn <= all.length ? Number.POSITIVE_INFINITY : this.#crashIn - all.length;
    const disk = this.#disks[id] as CrashDisk;
    disk.write(
      effects.flatMap((effect) => (effect.kind === "persist" ? [effect.record] : [])),
      effects.find((effect) => effect.kind === "checkpoint-stable") ?? null,
    );
    for (const effect of effects) this.#carryOut(id, effect);
    if (ends) this.#kill(id, this.#random.below(3));
  }

  #carryOut(id: number, effect: Effect<M>): void {
    this.#safety.onEffect(id, effect);
    switch (effect.kind) {
      case "checkpoint-stable":
        if (this.#random.chance(0.5)) this.#disks[id]?.save();
        return;
      case "send":
        return this.#post(id, effect.to, effect.signed);
      case "broadcast":
        for (let to = 0; to < this.#replicas.length; to++) if (to !== id) this.#post(id, to, effect.signed);
        return;
      case "reply":
        this.#disks[id]?.sync();
        return this.#safety.left(id);
      case "start-timer":
        return void this.#timers[id]?.add(effect.timer);
      case "cancel-timer":
        return void this.#timers[id]?.delete(effect.timer);
      case "executed":
        this.#count.executed += 1;
        return;
      case "view-entered":
        this.#count.viewsEntered += 1;
        return;
      case "state-installed":
        this.#count.installed += 1;
    }
  }

  #post(id: number, to: number, signed: SignedOf<M>): void {
    this.#disks[id]?.sync();
    this.#safety.left(id);
    if (this.#inFlight.length >= IN_FLIGHT_MAX) this.#inFlight.splice(this.#random.below(IN_FLIGHT_MAX), 1);
    this.#inFlight.push({ to, signed });
  }
}
