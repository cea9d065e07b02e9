import { type Plan, transcriptOf, writeTranscript } from "@bft/sim";
import type { Output } from "../../output.js";
import { huntLines, planLine, progressText, violationLines } from "../../view/sim.js";
import { catchSignals, type Signals } from "../signals.js";
import { type HuntProgress, hunt, type SeedViolation } from "./hunt.js";
import { type PinFlags, type PinTexts, pinFlagsText, pinsOf, pinTextsOf } from "./pins.js";
import { WorkerPool } from "./pool.js";
import { ProgressLine } from "./progress.js";
import { ResultsFolder } from "./results.js";
import { planOf } from "./subject.js";

export interface RunOptions {
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly pins: PinFlags;
  /** Where the folder of the results is made. */
  readonly out: string;
  readonly workerFile: string;
  readonly output: Output;
}

/** 128 + SIGINT: it was ended before it was done, and nothing was found. */
const INTERRUPTED = 130;

/** `bft sim run`. Gives the exit code. @throws CliError */
export async function runSeeds(options: RunOptions): Promise<number> {
  const pins = pinTextsOf(options.pins);
  planOf(options.from, pinsOf(pins));
  const signals = catchSignals();
  try {
    const folder = new ResultsFolder(options.out, new Date());
    const beganMs = performance.now();
    const progress = await huntWithWorkers(options, pins, signals);
    return report(options, pins, folder, {
      progress,
      interrupted: signals.stopped() && progress.done < options.seeds,
      elapsedMs: Math.round(performance.now() - beganMs),
    });
  } finally {
    signals.dispose();
  }
}

async function huntWithWorkers(options: RunOptions, pins: PinTexts, signals: Signals): Promise<HuntProgress> {
  const { from, seeds, jobs, keepGoing, workerFile } = options;
  const line = new ProgressLine();
  const pool = new WorkerPool(workerFile, Math.min(jobs, seeds), pins);
  const beganMs = performance.now();
  try {
    return await hunt({
      from,
      seeds,
      keepGoing,
      runners: pool.runners,
      stop: signals.first,
      onProgress: ({ done, totals, violations }) =>
        line.update(() =>
          progressText({ done, seeds, totals, violations: violations.length, elapsedMs: performance.now() - beganMs }),
        ),
    });
  } finally {
    line.clear();
    await pool.close();
  }
}

interface HuntResult {
  readonly progress: HuntProgress;
  readonly interrupted: boolean;
  readonly elapsedMs: number;
}

/** Writes down and says what was found. Gives the exit code. */
function report(
  options: RunOptions,
  pins: PinTexts,
  folder: ResultsFolder,
  { progress, interrupted, elapsedMs }: HuntResult,
): number {
  const { from, seeds, output } = options;
  const { done, totals } = progress;
  const found = progress.violations.map((each) => kept(each, pins, folder));
  const violations = found.map(({ plan: _, ...rest }) => rest);
  const ended = { from, seeds, done, interrupted, totals, elapsedMs, folder: folder.path };
  const summary = { ...ended, pins: Object.fromEntries(pins), violations };
  folder.write("summary.json", `${JSON.stringify(summary, null, 2)}\n`);
  output.object(summary);
  for (const each of found) output.lines([...violationLines(each), planLine(each.plan), []]);
  output.lines(huntLines({ ...ended, keepGoing: options.keepGoing, violations: found.length }));
  if (found.length > 0) return 1;
  return interrupted ? INTERRUPTED : 0;
}

/** A violation with all that one needs to see it again; its plan is written down. */
interface KeptViolation extends SeedViolation {
  readonly plan: Plan;
  /** File of its transcript. */
  readonly transcript: string;
  readonly replay: string;
  readonly shrink: string;
}

function kept({ seed, violation }: SeedViolation, pins: PinTexts, folder: ResultsFolder): KeptViolation {
  const plan = planOf(seed, pinsOf(pins));
  const transcript = transcriptOf(plan, violation, `seed ${seed}: ${violation.what}`, null);
  const file = folder.write(`seed-${seed}.txt`, writeTranscript(transcript));
  const typed = `--seed ${seed}${pinFlagsText(pins)}`;
  return {
    seed,
    violation,
    plan,
    transcript: file,
    replay: `bft sim replay ${typed}`,
    shrink: `bft sim shrink ${typed}`,
  };
}
