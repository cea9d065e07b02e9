import { setTimeout } from "node:timers/promises";
import type { MachineStatus, ProtocolName, QuorumSystem } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { ClusterClient, ClusterError, traceNow } from "@bft/replica";
import type { Answer, Judgement, Stage } from "@bft/sim/scenario";
import { CliError } from "../../errors.js";
import { replicasNamed } from "../../view/text.js";
import type { Cluster } from "../cluster.js";
import { behave, kill, restart } from "../faults.js";
import { heal, partition } from "../link-faults.js";
import { type OwnCluster, ownCluster } from "../own-cluster.js";
import type { Direction } from "../partition-plan.js";
import { lookAt } from "../status.js";
import { Counters } from "./counters.js";
import { judgeTraces } from "./real-judge.js";

/** Longer than any scenario lasts: the runner decides how long an answer is waited for. */
const ANSWER_TIMEOUT_MS = 10 * 60_000;
/** By then what a replica did is in its trace: it hands it over several times a second. */
const SETTLE_MS = 500;

export interface RealStageOptions {
  readonly protocol: ProtocolName;
  readonly faults: number;
  readonly service: string;
  /** Arguments of `node` that start a replica process. */
  readonly replicaCommand: readonly string[];
  /** The folder of the cluster is left when the stage is closed. */
  readonly keep: boolean;
}

/** A cluster of processes of its own, in a temporary folder. */
export class RealStage implements Stage {
  readonly protocol: ProtocolName;
  readonly system: QuorumSystem;
  readonly #keep: boolean;
  readonly #own: OwnCluster;
  readonly #cluster: Cluster;
  readonly #client: ClusterClient;
  readonly #counters = new Counters();
  readonly #answers: (Answer | null)[] = [];
  #answeredOperations = 0;
  #cuts: readonly Direction[] = [];
  readonly #beganMs = performance.now();

  /** Starts the cluster. @throws ClusterError, after which nothing of it is left */
  static async open(options: RealStageOptions): Promise<RealStage> {
    const { protocol, faults, service, replicaCommand } = options;
    // Survives kill -9, which is all that a scenario does; and the disk has no part in its story.
    const own = await ownCluster({ protocol, faults, service, durability: "buffered" }, replicaCommand);
    try {
      return new RealStage(options, own, await ClusterClient.open(own.cluster.dir));
    } catch (error) {
      await own.close(false);
      throw error;
    }
  }

  private constructor({ protocol, keep }: RealStageOptions, own: OwnCluster, client: ClusterClient) {
    const { replicas, faults } = own.cluster.config;
    this.protocol = protocol;
    this.system = protocolNamed(protocol).quorums(replicas.length, faults);
    this.#keep = keep;
    this.#own = own;
    this.#cluster = own.cluster;
    this.#client = client;
  }

  /** Where the cluster lies. */
  get dir(): string {
    return this.#cluster.dir;
  }

  get now(): number {
    return performance.now() - this.#beganMs;
  }

  async submit(operations: readonly string[]): Promise<number> {
    const request = this.#answers.push(null) - 1;
    this.#client.submit(operations, { timeoutMs: ANSWER_TIMEOUT_MS }).then(
      ({ results, seq, latencyMs }) => {
        this.#answers[request] = { results, seq, latencyMs };
        this.#answeredOperations += operations.length;
      },
      // Not answered; the runner sees it by that.
      () => undefined,
    );
    return request;
  }

  answer(request: number): Answer | null {
    return this.#answers[request] ?? null;
  }

  async kill(replicas: readonly number[]): Promise<void> {
    // What it does after this is lost with it, for the checkers too; what it did until now is not.
    await setTimeout(SETTLE_MS);
    await this.look();
    await Promise.all(replicas.map((id) => kill(this.#cluster, id)));
    for (const id of replicas) this.#counters.ended(id);
  }

  async restart(replicas: readonly number[]): Promise<void> {
    await Promise.all(replicas.map((id) => restart(this.#cluster, id)));
    // A replica mistreats its links itself, and a new process knows nothing of the partition that still is.
    if (this.#cuts.length > 0) await this.#cut();
  }

  async lie(replicas: readonly number[], behaviour: string | null): Promise<void> {
    await behave(this.#cluster, replicas, behaviour).catch((error: unknown) => {
      // The replica says which behaviours there are.
      if (error instanceof ClusterError && error.code === "refused") throw new RangeError(error.message);
      throw error;
    });
  }

  async partition(groups: readonly (readonly number[])[]): Promise<void> {
    this.#cuts = groups.flatMap((senders) =>
      groups
        .filter((group) => group !== senders)
        .flatMap((group) => senders.flatMap((from) => group.map((to) => ({ from, to })))),
    );
    await this.#cut();
  }

  async heal(): Promise<void> {
    this.#cuts = [];
    await heal(this.#cluster);
  }

  async look(): Promise<readonly (MachineStatus | null)[]> {
    const { replicas } = await lookAt(this.#cluster);
    return replicas.map(({ status }) => {
      if (status === null) return null;
      this.#counters.observe(status);
      return status.machine;
    });
  }

  async wait(ms: number): Promise<void> {
    await setTimeout(ms);
  }

  async judge(): Promise<Judgement> {
    const until = traceNow();
    await this.look();
    await setTimeout(SETTLE_MS);
    const { messages, lies } = this.#counters;
    return { ...judgeTraces(this.#cluster, until), cost: { messages, operations: this.#answeredOperations }, lies };
  }

  async #cut(): Promise<void> {
    const told = await partition(this.#cluster, { groups: [], notNamed: [], oneWay: false, cuts: this.#cuts });
    const deaf = told.notTold.filter(({ state }) => state !== "down").map(({ replica }) => replica);
    if (deaf.length > 0) throw new CliError("no-answer", `${replicasNamed(deaf)} could not be told of the partition`);
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#own.close(this.#keep);
  }
}
