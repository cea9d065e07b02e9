import { fork } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Pins, type Plan, parseTranscript } from "@bft/sim";
import { inProject } from "../support/project.js";
import { bundleSimulator } from "./bundle.js";
import type { Mutant } from "./mutant.js";

/** Which seed catches a mutant, and how. */
export interface Catch {
  readonly seed: number;
  /** The checker that found the violation. */
  readonly checker: string;
  /** What it says. */
  readonly what: string;
}

/** Where a mutant is hunted: in what seeds draw with these options pinned, or in the one world that a person wrote. */
export interface Ground {
  readonly pins: Pins;
  /** A transcript of packages/sim/test/scenarios by its name; null: what seeds draw. */
  readonly script: string | null;
}

/** What a child process is to do: run these seeds in the simulator in this file. */
export interface Order {
  readonly simulator: string;
  readonly seeds: readonly number[];
  readonly pins: Pins;
  /** Run instead of what the seed draws; null: what it draws. */
  readonly plan: Plan | null;
}

/** What it tells. */
export type Report =
  | { readonly kind: "running"; readonly seed: number }
  | { readonly kind: "caught"; readonly by: Catch }
  | { readonly kind: "survived" };

/** A single seed that takes longer runs in circles. */
const SEED_MS_MAX = 180_000;

const child = fileURLToPath(new URL("child.js", import.meta.url));

/** Hunts so far, so that each has a file of its own. */
let hunts = 0;

/** The first of `seeds` that catches the mutant (null: the core as it is), or null when it survives all of them. */
export async function hunt(mutant: Mutant | null, seeds: readonly number[], ground: Ground): Promise<Catch | null> {
  const folder = inProject("build", "mutants");
  await mkdir(folder, { recursive: true });
  const simulator = join(folder, `${mutant?.name ?? "unmutated"}-${process.pid}-${hunts++}.mjs`);
  await bundleSimulator(mutant, simulator);
  try {
    const plan = ground.script === null ? null : await planIn(ground.script);
    return await inChild({ simulator, seeds: plan === null ? seeds : [plan.seed], pins: ground.pins, plan });
  } finally {
    await rm(simulator);
  }
}

async function planIn(script: string): Promise<Plan> {
  const path = inProject("packages", "sim", "test", "scenarios", `${script}.txt`);
  const parsed = parseTranscript(await readFile(path, "utf8"));
  if (!parsed.ok) throw new RangeError(`${path}, ${parsed.error}`);
  return parsed.transcript.plan;
}

function inChild(order: Order): Promise<Catch | null> {
  return new Promise((resolve, reject) => {
    const running = fork(child, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    let seed = 0;
    let outcome: Catch | null | undefined;
    let patience: NodeJS.Timeout | undefined;
    const giveUp = () => {
      outcome = { seed, checker: "deadline", what: `The run did not end within ${SEED_MS_MAX / 1000} s.` };
      running.kill("SIGKILL");
    };
    running.on("message", (report: Report) => {
      clearTimeout(patience);
      if (report.kind === "caught") outcome = report.by;
      else if (report.kind === "survived") outcome = null;
      else {
        seed = report.seed;
        patience = setTimeout(giveUp, SEED_MS_MAX);
      }
    });
    running.on("error", reject);
    running.on("close", (code, signal) => {
      clearTimeout(patience);
      if (outcome === undefined) reject(new Error(`the process that ran seed ${seed} ended by itself: ${signal ?? code}`));
      else resolve(outcome);
    });
    running.send(order);
  });
}

/** Does `work` for all items, `jobs` of them at a time. */
export async function inParallel<T>(items: readonly T[], jobs: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}
