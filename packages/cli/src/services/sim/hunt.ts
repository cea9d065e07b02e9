import type { SimulationStats, Violation } from "@bft/sim";

/** What came of one seed. */
export interface SeedOutcome {
  readonly seed: number;
  readonly violation: Violation | null;
  readonly undecided: boolean;
  readonly stats: SimulationStats;
}

export interface SeedViolation {
  readonly seed: number;
  readonly violation: Violation;
}

/** Somebody who runs one seed at a time: a worker thread. */
export interface SeedRunner {
  run(seed: number): Promise<SeedOutcome>;
}

export interface HuntTotals {
  /** Virtual. */
  readonly simulatedMs: number;
  readonly delivered: number;
  readonly answered: number;
  readonly crashes: number;
  readonly transfers: number;
  readonly lies: number;
  /** Seeds whose client history could not be judged within its budget. */
  readonly undecided: number;
}

export interface HuntProgress {
  /** Seeds that count: all up to here have run. */
  readonly done: number;
  readonly totals: HuntTotals;
  /** In order of seed. */
  readonly violations: readonly SeedViolation[];
}

export interface HuntOptions {
  readonly from: number;
  readonly seeds: number;
  /** Go on after a violation. */
  readonly keepGoing: boolean;
  readonly runners: readonly SeedRunner[];
  /** Once it settles no other seed is begun, and those that run are given up. */
  readonly stop: Promise<unknown>;
  readonly onProgress: (progress: HuntProgress) => void;
}

const NOTHING: HuntTotals = { simulatedMs: 0, delivered: 0, answered: 0, crashes: 0, transfers: 0, lies: 0, undecided: 0 };

/**
 * Runs seeds on all runners. The result does not depend on how many they are: seeds are counted in their order, and without
 * `keepGoing` nothing behind the lowest seed with a violation counts. After a stop what was done so far counts.
 * @throws what a runner throws, of the lowest seed that does
 */
export async function hunt({ from, seeds, keepGoing, runners, stop, onProgress }: HuntOptions): Promise<HuntProgress> {
  const waiting = new Map<number, SeedOutcome>();
  const errors = new Map<number, unknown>();
  let [next, end, counted] = [from, from + seeds, from];
  let stopped = false;
  let progress: HuntProgress = { done: 0, totals: NOTHING, violations: [] };
  const count = (outcome: SeedOutcome) => {
    waiting.delete(outcome.seed);
    progress = withOutcome(progress, outcome);
    onProgress(progress);
  };
  const work = async (runner: SeedRunner) => {
    while (!stopped && next < end) {
      const seed = next++;
      try {
        const outcome = await runner.run(seed);
        if (stopped) return;
        waiting.set(seed, outcome);
        if (outcome.violation !== null && !keepGoing) end = Math.min(end, seed + 1);
      } catch (error) {
        if (stopped) return;
        errors.set(seed, error);
        end = Math.min(end, seed);
        return;
      }
      for (let outcome = waiting.get(counted); outcome !== undefined && counted < end; outcome = waiting.get(counted)) {
        counted += 1;
        count(outcome);
      }
    }
  };
  const all = Promise.all(runners.map(work));
  await Promise.race([
    all,
    stop.then(() => {
      stopped = true;
    }),
  ]);
  if (stopped) for (const seed of [...waiting.keys()].sort((a, b) => a - b)) count(waiting.get(seed) as SeedOutcome);
  // Whether it comes to that seed at all depends on the violations before it, not on who was faster.
  const ended = stopped || (!keepGoing && progress.violations.length > 0);
  if (errors.size > 0 && !ended) throw errors.get(Math.min(...errors.keys()));
  return progress;
}

function withOutcome(
  { done, totals, violations }: HuntProgress,
  { seed, violation, undecided, stats }: SeedOutcome,
): HuntProgress {
  return {
    done: done + 1,
    totals: {
      simulatedMs: totals.simulatedMs + stats.simulatedMs,
      delivered: totals.delivered + stats.delivered,
      answered: totals.answered + stats.answered,
      crashes: totals.crashes + stats.crashes,
      transfers: totals.transfers + stats.transfers,
      lies: totals.lies + stats.lies,
      undecided: totals.undecided + (undecided ? 1 : 0),
    },
    violations: violation === null ? violations : [...violations, { seed, violation }],
  };
}
