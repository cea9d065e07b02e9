import {
  dropWithId,
  type Effect,
  type Input,
  type Machine,
  type MachineStatus,
  type MessageBase,
  type Ports,
  type ReplicaHappening,
  type ReplicaId,
  replicaPrincipal,
  type Service,
  type SignedOf,
} from "@bft/core";
import type { Plan } from "../plan/plan.js";
import { configOf } from "../protocols/config.js";
import type { Behaviour, SimProtocol } from "../protocols/protocol.js";
import { Random } from "../random.js";
import { Disk } from "./disk.js";
import { simPorts } from "./keys.js";
import type { Scheduler } from "./scheduler.js";
import { Timers } from "./timers.js";

/** What a replica hands to the world. */
export interface ReplicaOutlet<M extends MessageBase> {
  /** `from`: the process that sends, which is not the replica's id where it is a twin's copy. */
  toReplica(from: number, to: ReplicaId, signed: SignedOf<M>): void;
  toClient(from: number, to: number, signed: SignedOf<M>): void;
  tell(happening: ReplicaHappening): void;
  /** Also what comes in is told. */
  readonly detail: boolean;
}

/** How often a replica tells how much it keeps. */
const RETAINED_EVERY_MS = 1_000;

/** A replica of the simulated world: the machine, its disk, its clock, and what becomes of it. */
export class SimReplica<M extends MessageBase> {
  readonly id: ReplicaId;
  /** Its number among the processes of the world: its id, or a number of its own when it is the copy of a twin. */
  readonly process: number;
  /** Inputs on which the behaviour did something else than the honest machine. */
  lies = 0;
  crashes = 0;
  transfers = 0;
  readonly #protocol: SimProtocol<M>;
  readonly #plan: Plan;
  readonly #ports: Ports;
  readonly #service: Service;
  readonly #outlet: ReplicaOutlet<M>;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #disk = new Disk();
  readonly #timers: Timers;
  #behaviour: Behaviour<M> | null;
  #machine: Machine<M> | null = null;
  /** Grows with every start: what was meant for an earlier life is not taken. */
  #life = 0;
  #crash: { effects: number; readonly torn: number } | null = null;
  #inputMs = 0;
  #busyUntil = 0;
  #nextRetained = 0;

  constructor(
    process: number,
    plan: Plan,
    protocol: SimProtocol<M>,
    service: Service,
    scheduler: Scheduler,
    outlet: ReplicaOutlet<M>,
  ) {
    this.process = process;
    this.id = (plan.twins[process - plan.replicas] ?? process) as ReplicaId;
    this.#plan = plan;
    this.#protocol = protocol;
    this.#service = service;
    this.#scheduler = scheduler;
    this.#outlet = outlet;
    this.#ports = simPorts(replicaPrincipal(this.id));
    this.#random = new Random(plan.seed, `replica ${process}`);
    this.#timers = new Timers(scheduler, plan.settings.clockRates[this.id] ?? 1, (timer) =>
      this.take({ kind: "timer-fired", timer }),
    );
    const own = plan.liars.find(({ replica }) => replica === this.id);
    const accomplices = plan.liars.map(({ replica }) => replica);
    this.#behaviour = own === undefined ? null : this.#liar(own.behaviour, accomplices);
  }

  get up(): boolean {
    return this.#machine !== null;
  }

  status(): MachineStatus | null {
    return this.#machine?.inspect() ?? null;
  }

  start(): void {
    if (this.#machine !== null) return;
    const machine = this.#make();
    if (machine === null) return;
    this.#machine = machine;
    this.#life += 1;
    this.#busyUntil = this.#scheduler.now;
    const { view, lastExecuted, lowWaterMark, abstaining } = machine.inspect();
    this.#tell({ kind: "started", replica: this.id, view, lastExecuted, lowWaterMark, abstaining: abstaining !== null });
    this.take({ kind: "start" });
  }

  /** Ends after `effects` more effects; the last `torn` records that nothing depends on are lost with it. */
  crash(effects: number, torn: number): void {
    this.#crash = effects > 0 ? { effects, torn } : null;
    if (effects === 0 && this.#machine !== null) this.#die(torn);
  }

  /** It is fast from now on, and no crash is due any more. */
  steady(): void {
    this.#crash = null;
    this.#inputMs = 0;
  }

  /** From the next input on; null makes it honest. @throws RangeError when there is no behaviour of that name */
  behave(behaviour: string | null, accomplices: readonly number[]): void {
    this.#behaviour = behaviour === null ? null : this.#liar(behaviour, accomplices);
  }

  wipe(): void {
    if (this.#machine !== null) this.crash(0, 0);
    this.#disk.wipe();
    this.#tell({ kind: "disk-lost", replica: this.id });
  }

  slow(inputMs: number): void {
    this.#inputMs = inputMs;
  }

  /** Takes an input now, or when the replica is done with what came before. */
  take(input: Input<M>): void {
    const { now } = this.#scheduler;
    if (this.#inputMs === 0 && this.#busyUntil <= now) return this.#step(input);
    const life = this.#life;
    const start = Math.max(now, this.#busyUntil);
    this.#busyUntil = start + this.#inputMs;
    this.#scheduler.at(this.#busyUntil, () => {
      if (life === this.#life) this.#step(input);
    });
  }

  #step(input: Input<M>): void {
    const machine = this.#machine;
    if (machine === null) return;
    if (this.#outlet.detail) this.#tellIfAny(this.#protocol.core.telling.ofInput(input, this.id, this.#plan.replicas));
    const honest = this.#honest(machine, input);
    if (honest === null) return;
    const effects = this.#behaviour === null ? honest : this.#behaviour(input, honest);
    if (effects !== honest && !same(effects, honest)) this.lies += 1;
    for (const effect of effects) {
      this.#carryOut(effect, input);
      if (this.#crash !== null && --this.#crash.effects <= 0) return this.#die(this.#crash.torn);
    }
    // A state is saved beside the work, and so may come a while after its checkpoint.
    if (this.#plan.settings.compact && this.#random.chance(0.2)) this.#disk.save();
    this.#tellRetained(machine);
  }

  /** Whatever a machine throws is a bug in it: the replica ends and the trace says why. */
  #honest(machine: Machine<M>, input: Input<M>): readonly Effect<M>[] | null {
    try {
      return machine.step(input);
    } catch (error) {
      this.#broke(error);
      return null;
    }
  }

  #make(): Machine<M> | null {
    try {
      return this.#protocol.core.replica(configOf(this.id, this.#plan), this.#ports, this.#service, this.#disk.read());
    } catch (error) {
      this.#broke(error);
      return null;
    }
  }

  #broke(error: unknown): void {
    this.#machine = null;
    this.#timers.clear();
    this.#tell({
      kind: "broke",
      replica: this.id,
      error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    });
  }

  #carryOut(effect: Effect<M>, input: Input<M>): void {
    const happening = this.#protocol.core.telling.ofEffect(effect, this.id, this.#plan.replicas);
    this.#tellIfAny(happening && dropWithId(happening, input));
    switch (effect.kind) {
      case "persist":
        return this.#disk.append(effect.record);
      case "checkpoint-stable":
        return this.#disk.begin(effect);
      case "send":
        this.#disk.messageLeft();
        return this.#outlet.toReplica(this.process, effect.to, effect.signed);
      case "broadcast":
        this.#disk.messageLeft();
        for (let to = 0; to < this.#plan.replicas; to++)
          if (to !== this.id) this.#outlet.toReplica(this.process, to as ReplicaId, effect.signed);
        return;
      case "reply":
        this.#disk.messageLeft();
        return this.#outlet.toClient(this.process, effect.to, effect.signed);
      case "start-timer":
        return this.#timers.start(effect.timer, effect.delayMs);
      case "cancel-timer":
        return this.#timers.cancel(effect.timer);
      case "state-installed":
        this.transfers += 1;
        return;
    }
  }

  #die(torn: number): void {
    this.#crash = null;
    this.#machine = null;
    this.#life += 1;
    this.crashes += 1;
    this.#timers.clear();
    this.#disk.crash(torn);
    this.#tell({ kind: "crashed", replica: this.id });
  }

  #tellRetained(machine: Machine<M>): void {
    if (this.#scheduler.now < this.#nextRetained) return;
    this.#nextRetained = this.#scheduler.now + RETAINED_EVERY_MS;
    this.#tell({ kind: "retained", replica: this.id, retained: machine.inspect().retained });
  }

  #tellIfAny(happening: ReplicaHappening | null): void {
    if (happening !== null) this.#tell(happening);
  }

  #tell(happening: ReplicaHappening): void {
    this.#outlet.tell(happening);
  }

  #liar(behaviour: string, accomplices: readonly number[]): Behaviour<M> {
    return this.#protocol.behaviour(behaviour, {
      self: this.id,
      plan: this.#plan,
      ports: this.#ports,
      service: this.#service,
      random: new Random(this.#plan.seed, `liar ${this.id}`),
      accomplices: accomplices.map((replica) => replica as ReplicaId).sort((a, b) => a - b),
    });
  }
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
