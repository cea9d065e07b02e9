import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Cluster } from "../services/cluster.js";
import type { DrawnChart } from "./chart-view.js";

/** What the thread that draws is told once. */
export interface ChartTask {
  readonly dir: string;
}

/** A chart that is wanted. `newest`: of the newest slot that is traced, if nothing is of this one. */
export interface ChartQuestion {
  readonly seq: number;
  readonly newest: boolean;
  readonly columns: number;
}

export type ChartAnswer = DrawnChart["result"];

/** What its thread may keep in memory: more than the traces of the largest cluster that is drawn need. */
const MEGABYTES_MAX = 1024;
/** A thread that has nothing to draw for so long ends, and gives back what it took. */
const IDLE_MS = 15_000;

/** Draws charts in a thread of its own, which starts with the first of them. One is drawn at a time. */
export class ChartDrawer {
  readonly #cluster: Cluster;
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The chart, or why there is none. Never fails. */
  async draw(question: ChartQuestion): Promise<ChartAnswer> {
    const thread = this.#thread ?? this.#start();
    this.#thread = thread;
    this.#isBusy();
    return new Promise((resolve) => {
      const end = (answer: ChartAnswer) => {
        thread.off("message", end);
        thread.off("error", failed);
        thread.off("exit", ended);
        this.#isBusy();
        this.#idle = setTimeout(() => void this.close(), IDLE_MS);
        resolve(answer);
      };
      const failed = (error: unknown) => {
        this.#thread = null;
        end({ ok: false, why: `the chart can not be drawn: ${error instanceof Error ? error.message : String(error)}` });
      };
      const ended = () => failed(new Error("its thread has ended"));
      thread.on("message", end);
      thread.on("error", failed);
      thread.on("exit", ended);
      thread.postMessage(question);
    });
  }

  /** To be called when no chart is wanted any more: the thread keeps the process. */
  async close(): Promise<void> {
    this.#isBusy();
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }

  #isBusy(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
  }

  #start(): Worker {
    const [program = ""] = this.#cluster.replicaCommand;
    const workerData: ChartTask = { dir: this.#cluster.dir };
    return new Worker(path.join(path.dirname(program), "chart-worker.js"), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MEGABYTES_MAX },
    });
  }
}
