import { Worker } from "node:worker_threads";
import { CliError, misuse } from "../../errors.js";
import type { SeedOutcome, SeedRunner } from "./hunt.js";
import { type PinTexts, pinFlagsText } from "./pins.js";

/** What a worker thread is told once. */
export interface WorkerTask {
  readonly pins: PinTexts;
}

/** What it answers to a seed. */
export type WorkerAnswer =
  | { readonly kind: "outcome"; readonly outcome: SeedOutcome }
  /** `misuse`: the options do not go together. Otherwise the simulator itself failed. */
  | { readonly kind: "failed"; readonly misuse: boolean; readonly message: string };

/** Worker threads that run seeds. */
export class WorkerPool {
  readonly #workers: readonly Worker[];
  readonly runners: readonly SeedRunner[];

  constructor(file: string, jobs: number, pins: PinTexts) {
    const workerData: WorkerTask = { pins };
    this.#workers = Array.from({ length: jobs }, () => new Worker(file, { workerData }));
    this.runners = this.#workers.map((worker) => ({ run: (seed) => runSeed(worker, seed, pins) }));
  }

  /** Ends them at once, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function runSeed(worker: Worker, seed: number, pins: PinTexts): Promise<SeedOutcome> {
  return new Promise((resolve, reject) => {
    const failed = (message: string) => {
      const replay = `bft sim replay --seed ${seed}${pinFlagsText(pins)}`;
      reject(new CliError("simulator-failed", `seed ${seed} broke the simulator itself: ${message}; see it with: ${replay}`));
    };
    const done = (act: () => void) => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      act();
    };
    const onMessage = (answer: WorkerAnswer) =>
      done(() => {
        if (answer.kind === "outcome") resolve(answer.outcome);
        else if (answer.misuse) reject(misuse(`seed ${seed}: ${answer.message}`));
        else failed(answer.message);
      });
    const onError = (error: Error) => done(() => failed(error.message));
    const onExit = () => done(() => failed("its thread ended"));
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(seed);
  });
}
