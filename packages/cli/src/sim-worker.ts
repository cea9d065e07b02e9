import { parentPort, workerData } from "node:worker_threads";
import { drawPlan, simulate } from "@bft/sim";
import { pinsOf } from "./services/sim/pins.js";
import type { WorkerAnswer, WorkerTask } from "./services/sim/pool.js";

/** A thread of `bft sim run`: gets seeds, answers each with what came of it. */
const pins = pinsOf((workerData as WorkerTask).pins);

function answerTo(seed: number): WorkerAnswer {
  try {
    const { violation, undecided, stats } = simulate(drawPlan(seed, pins));
    return { kind: "outcome", outcome: { seed, violation, undecided, stats } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "failed", misuse: error instanceof RangeError, message };
  }
}

parentPort?.on("message", (seed: number) => parentPort?.postMessage(answerTo(seed)));
