import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AdminClient, ClusterClient, type ClusterConfig, createCluster, type ReplicaStatus } from "@bft/replica";
import { expect } from "chai";
import { Lab, PATIENCE_MS, until } from "../../../support/lab.js";

/** Requests after which a lie that is told in the normal case must have been told. */
const REQUESTS_MAX = 60;
/** Reads that are under way at the same time: fewer than a client may have outstanding. */
const READS = 32;
/** Small and quick, so that a window, a timeout and a view change are soon over. */
const LIMITS = { checkpointInterval: 6, pipelineDepth: 4 };
const TIMEOUTS = { viewChangeMs: 250, statusMs: 60, clientRetryMs: 100 };

/** Gives a liar occasions to lie until `told` says that it did. */
type Provoke = (told: () => Promise<boolean>) => Promise<void>;

/** A real cluster whose replicas are made to lie one after the other, and a client that knows what it must be answered. */
export class LiarLab {
  readonly lab: Lab;
  readonly replicas: readonly number[];
  readonly #client: ClusterClient;
  readonly #written = new Map<string, string>();
  readonly #wrong: string[] = [];
  #requests = 0;

  private constructor(lab: Lab, replicas: readonly number[], client: ClusterClient) {
    this.lab = lab;
    this.replicas = replicas;
    this.#client = client;
  }

  static async open(faults: number): Promise<LiarLab> {
    const lab = await Lab.open();
    await createCluster({ dir: lab.cluster, faults, service: "kv", basePort: null, durability: "buffered" });
    const file = join(lab.cluster, "cluster.json");
    const config = JSON.parse(readFileSync(file, "utf8")) as ClusterConfig;
    writeFileSync(file, JSON.stringify({ ...config, limits: { ...config.limits, ...LIMITS }, timeouts: TIMEOUTS }));
    await lab.ok("up", "--detach");
    const replicas = config.replicas.map(({ id }) => id);
    return new LiarLab(lab, replicas, await ClusterClient.open(lab.cluster));
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.lab.close();
  }

  /** The primary of the view in which most of the others are, when they are not changing it. */
  async primary(): Promise<number> {
    const views = (await this.statuses()).filter(({ machine }) => machine.viewChange === null).map(({ machine }) => machine.view);
    const view = views.sort((a, b) => a - b)[Math.floor(views.length / 2)] ?? 0;
    return view % this.replicas.length;
  }

  /** The primary, when it is one of `wanted`; otherwise others are deposed until it is. */
  async primaryAmong(wanted: readonly number[]): Promise<number> {
    for (;;) {
      const primary = await this.primary();
      if (wanted.includes(primary)) return primary;
      await this.depose(primary, async () => false);
    }
  }

  statuses(): Promise<ReplicaStatus[]> {
    return Promise.all(this.replicas.map((id) => this.lab.status(id)));
  }

  /** Submits that many writes at once, and reads one of them: all answers must be right. */
  async work(writes = 2): Promise<void> {
    const keys = Array.from({ length: writes }, () => `k${this.#requests++}`);
    await Promise.all(keys.map((key) => this.#expectAnswer(`set ${key} ${key}!`, "ok")));
    for (const key of keys) this.#written.set(key, `${key}!`);
    await this.#expectAnswer(`get ${keys[0]}`, `${keys[0]}!`);
  }

  async #expectAnswer(operation: string, value: string): Promise<void> {
    const { results } = await this.#client.submit([operation], { timeoutMs: PATIENCE_MS });
    const [result] = results;
    if (result?.ok === true && result.value === value) return;
    // Remembered, too: who waits for something tries again, and one wrong answer is one too many.
    this.#wrong.push(`${operation} was answered ${JSON.stringify(result)} and not ${value}`);
    throw new Error(this.#wrong.at(-1));
  }

  /** Works until something has prepared that no stable checkpoint covers: a view change has to carry it. */
  async workPastCheckpoint(): Promise<void> {
    await until("something is above the stable checkpoint everywhere", async () => {
      await this.work(1);
      return (await this.statuses()).every(({ machine }) => machine.lastExecuted > machine.lowWaterMark);
    });
  }

  /**
   * Freezes the primary until the others have a new view, or it is `enough` for the caller. When one of them lies, these are two
   * of four that do not do their part, so the primary has to come back before all is well. The work that waits is done by then.
   */
  async depose(primary: number, enough: (primary: number) => Promise<boolean>): Promise<void> {
    const { pid, machine } = await this.lab.status(primary);
    process.kill(pid, "SIGSTOP");
    const working = this.work(1);
    // Its failure is told where it is awaited.
    working.catch(() => undefined);
    const others = this.replicas.filter((id) => id !== primary);
    try {
      await until("a new view without the primary", async () => {
        if (await enough(primary)) return true;
        const seen = await Promise.all(others.map(async (id) => (await this.lab.status(id)).machine));
        return seen.every(({ viewChange, view }) => viewChange === null && view > machine.view);
      });
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await working;
  }

  /** Freezes a replica until the others have moved their window past all that it has, and waits until it has caught up. */
  async missWindow(id: number): Promise<void> {
    const { pid, machine } = await this.lab.status(id);
    process.kill(pid, "SIGSTOP");
    try {
      const others = this.replicas.filter((each) => each !== id);
      const beyond = async (): Promise<boolean> => {
        const states = await Promise.all(others.map((each) => this.lab.status(each)));
        return states.every((state) => state.machine.lowWaterMark > machine.highWaterMark);
      };
      while (!(await beyond())) await this.work(4);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await until(`replica ${id} has caught up`, async () => {
      const states = await this.statuses();
      return (states[id]?.machine.lastExecuted ?? 0) >= Math.max(...states.map((state) => state.machine.lowWaterMark));
    });
  }

  /** Has replicas lie, and be honest again after that. */
  async lie(behaviour: string, liars: readonly number[], provoke: Provoke): Promise<void> {
    await this.beginToLie(behaviour, liars, provoke);
    await this.behave(liars, null);
    await this.work();
  }

  /** Switches a behaviour on as `bft byzantine` does and has `provoke` give it occasions until lies were told. */
  async beginToLie(behaviour: string, liars: readonly number[], provoke: Provoke): Promise<void> {
    const before = await this.#liesTold(liars);
    await this.behave(liars, behaviour);
    for (const id of liars) expect((await this.lab.status(id)).behaviour).to.equal(behaviour);
    await provoke(async () => (await this.#liesTold(liars)) > before);
    expect(await this.#liesTold(liars), `lies told by ${behaviour}`).to.be.greaterThan(before);
    expect(this.#wrong, "wrong answers").to.deep.equal([]);
  }

  /** Works until lies were told. */
  readonly workUntil: Provoke = async (told) => {
    for (let requests = 0; requests < REQUESTS_MAX; requests += 3) {
      await this.work();
      if (await told()) return;
    }
  };

  async behave(ids: readonly number[], behaviour: string | null, accomplices = ids): Promise<void> {
    for (const id of ids) {
      const admin = await AdminClient.connect(this.lab.cluster, id, PATIENCE_MS);
      try {
        await admin.behave(behaviour, accomplices);
      } finally {
        admin.close();
      }
    }
  }

  async #liesTold(liars: readonly number[]): Promise<number> {
    const told = await Promise.all(liars.map(async (id) => (await this.lab.status(id)).liesTold));
    return told.reduce((sum, each) => sum + each, 0);
  }

  /** How often `replica` refused or dropped what came from another one, by reason. */
  async against(replica: number, other: number): Promise<Readonly<Record<string, number>>> {
    return (await this.lab.status(replica)).againstPeers[`replica ${other}`] ?? {};
  }

  /**
   * With everybody honest again: every key has the value that was written last, all replicas reach the same checkpoint with the same
   * state, and `bft check` finds nothing wrong.
   */
  async expectAllWell(): Promise<void> {
    const written = [...this.#written];
    for (let from = 0; from < written.length; from += READS)
      await Promise.all(written.slice(from, from + READS).map(([key, value]) => this.#expectAnswer(`get ${key}`, value)));
    await until("all replicas have the same checkpoint", async () => {
      await this.work();
      const checkpoints = (await this.statuses()).map(({ machine }) => machine.checkpoint);
      return new Set(checkpoints.map(({ seq }) => seq)).size === 1 && (checkpoints[0]?.seq ?? 0) > 0;
    });
    await this.#expectEqualStates();
    await this.lab.ok("check");
  }

  async #expectEqualStates(): Promise<void> {
    await until("equal checkpoints are seen at one moment", async () => {
      const checkpoints = (await this.statuses()).map(({ machine }) => machine.checkpoint);
      if (new Set(checkpoints.map(({ seq }) => seq)).size > 1) return false;
      expect(new Set(checkpoints.map(({ stateDigest }) => stateDigest)).size, "different states").to.equal(1);
      return true;
    });
  }
}
