import {
  isSameViolation,
  type Plan,
  type ShrinkStep,
  type Shrunk,
  shrinkSteps,
  simulate,
  tracedRun,
  transcriptOf,
  type Violation,
  writeTranscript,
} from "@bft/sim";
import { CliError } from "../../errors.js";
import type { Output } from "../../output.js";
import { span } from "../../view/line.js";
import { sizeText, verdictLine } from "../../view/sim.js";
import { counted } from "../../view/text.js";
import { catchSignals, type Signals } from "../signals.js";
import { shellWord } from "./pins.js";
import { ProgressLine } from "./progress.js";
import { ofSubject } from "./replay.js";
import { ResultsFolder } from "./results.js";
import type { Subject } from "./subject.js";

export interface ShrinkOptions {
  readonly subject: Subject;
  readonly runsMax: number;
  readonly out: string;
  readonly output: Output;
}

/** A longer trace is more than a person reads: the transcript goes without. */
const TRACE_LINES_MAX = 400;

/** `bft sim shrink`. Gives the exit code: 130 when it was ended before it was done. @throws CliError */
export async function shrink({ subject, runsMax, out, output }: ShrinkOptions): Promise<number> {
  const { violation } = ofSubject(subject, () => simulate(subject.plan));
  if (violation === null)
    throw new CliError("no-violation", `${subject.name} holds: there is nothing to shrink; find a violation with: bft sim run`);
  const signals = catchSignals();
  output.note(span(`${subject.name}: `), ...verdictLine(violation));
  const { shrunk, interrupted } = await search(subject.plan, violation, runsMax, signals).finally(signals.dispose);
  const { plan, runs, minimal } = shrunk;
  const { trace } = tracedRun(plan, simulate);
  const purpose = `${shrunk.violation.what} (shrunk from ${subject.name})`;
  const transcript = transcriptOf(plan, shrunk.violation, purpose, trace.length <= TRACE_LINES_MAX ? trace : null);
  const text = writeTranscript(transcript);
  const file = new ResultsFolder(out, new Date()).write(`shrunk-${subject.plan.seed}.txt`, text);
  output.object({ name: subject.name, violated: shrunk.violation.checker, runs, minimal, interrupted, plan, file });
  output.lines(
    text
      .trimEnd()
      .split("\n")
      .map((line) => [span(line)]),
  );
  const ended = interrupted ? "interrupted" : minimal ? "nothing makes it smaller" : `--runs ${runsMax} are used up`;
  output.note(span(`from ${sizeText(subject.plan)} to ${sizeText(plan)} in ${counted(runs, "run")}: ${ended}`));
  output.note(span(`written to ${file}; replay it with: bft sim replay ${shellWord(file)}`, "dim"));
  return interrupted ? 130 : 0;
}

/** Runs what the shrinker asks for, and looks up now and then whether the person wants to end. */
async function search(
  plan: Plan,
  violation: Violation,
  runsMax: number,
  signals: Signals,
): Promise<{ readonly shrunk: Shrunk; readonly interrupted: boolean }> {
  const line = new ProgressLine();
  const steps = shrinkSteps(plan, violation, runsMax);
  let best = { plan, violation };
  try {
    let step: IteratorResult<ShrinkStep, Shrunk> = steps.next();
    while (!step.done) {
      const { candidate, runs } = step.value;
      const found = violationOf(candidate);
      step = steps.next(found);
      if (found !== null && isSameViolation(best.violation, found)) best = { plan: candidate, violation: found };
      line.update(() => `run ${runs + 1} of ${runsMax} · ${sizeText(best.plan)}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (signals.stopped()) return { shrunk: { ...best, runs: runs + 1, minimal: false }, interrupted: true };
    }
    return { shrunk: step.value, interrupted: false };
  } finally {
    line.clear();
  }
}

/** What a candidate breaks. One that can not even run breaks nothing. */
function violationOf(plan: Plan): Violation | null {
  try {
    return simulate(plan).violation;
  } catch {
    return null;
  }
}
