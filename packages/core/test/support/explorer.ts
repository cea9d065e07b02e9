import type { Principal, ReplicaId } from "@bft/core";
import { replicaPrincipal } from "@bft/core";
import { Random } from "@bft/sim";
import { type Envelope, TestCluster } from "./cluster.js";
import { fastPortsOf } from "./keys.js";
import { LIES, type Lie, liar } from "./liars.js";
import { Safety } from "./safety.js";
import { tempt, votesOf } from "./tempt.js";

/** How much trouble one run of the explorer may have; the seed decides the rest. */
export interface Trouble {
  readonly faults: number;
  readonly replicas: number;
  readonly checkpointInterval: number;
  readonly compact: boolean;
  /** The liars, by replica. */
  readonly liars: ReadonlyMap<number, Lie>;
  readonly drop: number;
  readonly duplicate: number;
  readonly delayMsMax: number;
  /** Chance per tick that a correct replica crashes, or the network splits. */
  readonly crash: number;
  readonly split: number;
  /** One correct replica loses its disk on the way. It counts as faulty until it has come back to vote. */
  readonly wipe: boolean;
}

export interface Report {
  readonly trouble: Trouble;
  readonly executed: number;
  readonly views: number;
  readonly checks: number;
  readonly transfers: number;
  readonly crashes: number;
  readonly wiped: boolean;
}

const TICK_MS = 50;
const TICKS = 120;
const HEALED_MS = 120_000;

/** One run: trouble for a while, then the network heals and every request must be answered. Throws at a violation. */
export function explore(seed: number): Report {
  return new Explorer(seed).run();
}

function troubleOf(random: Random): Trouble {
  const faults = random.pick([1, 1, 1, 2]);
  const replicas = 3 * faults + 1 + (random.chance(0.2) ? 1 : 0);
  const liars = new Map<number, Lie>();
  const lying = random.below(faults + 1);
  while (liars.size < lying) liars.set(random.below(replicas), random.pick(LIES));
  const calm = random.chance(0.2);
  return {
    faults,
    replicas,
    checkpointInterval: random.pick([2, 3, 4]),
    compact: random.chance(0.5),
    liars,
    drop: calm ? 0 : random.pick([0, 0.02, 0.1, 0.3]),
    duplicate: calm ? 0 : random.pick([0, 0.1]),
    delayMsMax: calm ? 5 : random.pick([5, 50, 400, 1500]),
    crash: calm ? 0 : random.pick([0, 0.03, 0.1]),
    split: calm ? 0 : random.pick([0, 0.03, 0.1]),
    wipe: lying < faults && random.chance(0.4),
  };
}

class Explorer {
  readonly #random: Random;
  readonly #trouble: Trouble;
  readonly #cluster: TestCluster;
  readonly #safety: Safety;
  readonly #down = new Set<number>();
  readonly #votes = new Map<number, ReturnType<typeof votesOf>>();
  #side: readonly number[] = [];
  #healed = false;
  #wiped: number | null = null;
  #submitted = 0;
  #crashes = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#trouble = troubleOf(this.#random);
    const { faults, replicas, checkpointInterval, compact, liars } = this.#trouble;
    this.#cluster = new TestCluster({
      faults,
      replicas,
      clients: 3,
      compact,
      ports: fastPortsOf,
      config: { checkpointInterval, pipelineDepth: this.#random.pick([1, 2, checkpointInterval]), batchOperationsMax: 4 },
    });
    for (const [self, lie] of liars)
      this.#cluster.behaviours.set(
        self,
        liar(lie, { self, replicas, ports: fastPortsOf(replicaPrincipal(self as ReplicaId)), random: this.#random }),
      );
    this.#safety = new Safety(this.#cluster, this.#correct());
    for (const id of this.#correct()) this.#votes.set(id, votesOf(this.#cluster, id));
    this.#cluster.meddle = (envelope) => this.#meddle(envelope);
  }

  run(): Report {
    for (let tick = 0; tick < TICKS; tick++) {
      this.#act();
      this.#cluster.run(TICK_MS);
      this.#reap();
    }
    this.#heal();
    this.#requireLife();
    return {
      trouble: this.#trouble,
      executed: Math.max(...this.#correct().map((id) => this.#cluster.status(id).lastExecuted)),
      views: Math.max(...this.#correct().map((id) => this.#cluster.status(id).view)),
      checks: this.#safety.checks,
      transfers: this.#correct().filter((id) =>
        this.#cluster.effects[id]?.some((effect) => effect.kind === "send" && effect.signed.kind === "fetch-state"),
      ).length,
      crashes: this.#crashes,
      wiped: this.#wiped !== null,
    };
  }

  #correct(): number[] {
    return this.#cluster.configs.map(({ self }) => self as number).filter((id) => !this.#trouble.liars.has(id));
  }

  #act(): void {
    const { crash, split } = this.#trouble;
    const random = this.#random;
    if (random.chance(0.4)) this.#submit(random.below(3));
    if (random.chance(split))
      this.#side = random.chance(0.4)
        ? []
        : this.#cluster.configs.map(({ self }) => self as number).filter(() => random.chance(0.5));
    for (const id of [...this.#down]) if (random.chance(0.2)) this.#start(id);
    if (this.#trouble.wipe && this.#wiped === null && random.chance(0.05)) this.#wipe(random.pick(this.#correct()));
    if (!random.chance(crash)) return;
    const victim = random.pick(this.#correct());
    if (this.#down.has(victim)) return;
    // Half of the crashes come in the middle of a step: right after the next record that is written down.
    if (random.chance(0.5)) this.#crash(victim);
    else this.#cluster.crashAfter = (id) => id === victim && random.chance(0.5);
  }

  #crash(id: number): void {
    this.#cluster.kill(id);
    this.#down.add(id);
    this.#crashes += 1;
  }

  /** Notices replicas that died in the middle of a step. */
  #reap(): void {
    for (const [id, replica] of this.#cluster.replicas.entries()) {
      if (replica !== null || this.#down.has(id)) continue;
      this.#down.add(id);
      this.#crashes += 1;
      this.#cluster.crashAfter = () => false;
    }
  }

  #start(id: number): void {
    this.#down.delete(id);
    if (!this.#trouble.liars.has(id)) tempt(this.#cluster, id, this.#votes.get(id) ?? new Map());
    this.#cluster.start(id);
    // It may have died again in its very first step.
    if (this.#cluster.replicas[id] !== null) this.#safety.restarted(id);
  }

  #wipe(id: number): void {
    if (!this.#down.has(id)) this.#crash(id);
    this.#cluster.wipe(id);
    this.#safety.wiped(id);
    this.#wiped = id;
  }

  #submit(client: number): void {
    if (this.#cluster.clients[client]?.canSubmit !== true) return;
    this.#submitted += 1;
    const key = this.#random.below(6);
    this.#cluster.submit(this.#random.chance(0.8) ? `set k${key} ${this.#submitted}` : `del k${key}`, client);
  }

  #meddle(envelope: Envelope): readonly Envelope[] {
    if (this.#healed) return [envelope];
    const { drop, duplicate, delayMsMax } = this.#trouble;
    const random = this.#random;
    if (this.#apart(envelope.from, envelope.to) || random.chance(drop)) return [];
    const delayed = () => ({ ...envelope, delayMs: random.chance(0.3) ? random.below(delayMsMax) : 0 });
    return random.chance(duplicate) ? [delayed(), delayed()] : [delayed()];
  }

  #apart(a: Principal, b: Principal): boolean {
    if (a.role === "client" || b.role === "client") return false;
    return this.#side.includes(a.id) !== this.#side.includes(b.id);
  }

  #heal(): void {
    this.#healed = true;
    this.#side = [];
    this.#cluster.crashAfter = () => false;
    for (const id of [...this.#down]) this.#start(id);
  }

  /** DESIGN §7: after the network heals every request is answered, and the correct replicas come to the same state. */
  #requireLife(): void {
    const cluster = this.#cluster;
    const answered = () => [0, 1, 2].reduce((sum, client) => sum + cluster.accepted(client), 0) === this.#submitted;
    const equal = () => new Set(this.#correct().map((id) => cluster.status(id).lastExecuted)).size === 1;
    this.#within("every request is answered", answered);
    this.#submit(0);
    this.#within("a new request is answered", answered);
    this.#within("all correct replicas have executed the same", equal);
    this.#within("the replica that lost its disk votes again", () =>
      this.#correct().every((id) => cluster.status(id).abstaining === null),
    );
  }

  #within(what: string, condition: () => boolean): void {
    try {
      this.#cluster.runUntil(condition, HEALED_MS);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("not reached")) throw error;
      throw new Error(`not within ${HEALED_MS} ms: ${what}\n${this.describe()}`);
    }
  }

  /** Where every replica stands, for the report of a failure. */
  describe(): string {
    const lines = this.#cluster.configs.map(({ self }) => {
      const { view, viewChange, lastExecuted, lowWaterMark, queued, transfer, abstaining } = this.#cluster.status(self);
      const lie = this.#trouble.liars.get(self) ?? "correct";
      return `${self} ${lie}: view ${view}${viewChange === null ? "" : ` (wanted by ${viewChange.votes})`}, executed ${lastExecuted}, h ${lowWaterMark}, queued ${queued}, transfer ${JSON.stringify(transfer)}, abstaining ${JSON.stringify(abstaining)}`;
    });
    return [JSON.stringify({ ...this.#trouble, liars: [...this.#trouble.liars] }), ...lines].join("\n");
  }
}
