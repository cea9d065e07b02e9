import type { TraceEvent } from "@bft/core";
import type { Plan } from "../plan/plan.js";
import type { SimulationReport } from "../run/simulate.js";
import { formatEvent, isImportant } from "./event.js";
import { type Transcript, verdictText } from "./transcript.js";

/** Runs a plan to its end and tells each event; `simulate` is the one. */
export type Simulate = (plan: Plan, onEvent: (event: TraceEvent) => void) => SimulationReport;

/** A run, and as lines the important events up to its violation: some violations are known for sure only long after they happened. */
export interface TracedRun {
  readonly report: SimulationReport;
  readonly trace: readonly string[];
}

/** Runs a plan, and keeps its trace. `onEvent` sees every event. */
export function tracedRun(plan: Plan, simulate: Simulate, onEvent: (event: TraceEvent) => void = () => {}): TracedRun {
  const events: TraceEvent[] = [];
  const report = simulate(plan, (event) => {
    if (isImportant(event)) events.push(event);
    onEvent(event);
  });
  const end = report.violation?.at ?? Number.POSITIVE_INFINITY;
  return { report, trace: events.filter(({ at }) => at <= end).map(formatEvent) };
}

/** How a run differs from what its transcript expects, in one sentence, or null: it is as expected. */
export function differenceFrom({ violated, trace: expected }: Transcript, { report, trace }: TracedRun): string | null {
  const found = report.violation?.checker ?? null;
  if (found !== violated) {
    const why = report.violation === null ? "" : ` (${report.violation.what})`;
    return `the verdict is "${verdictText(found)}"${why}, and the transcript expects "${verdictText(violated)}"`;
  }
  if (expected === null) return null;
  const length = Math.max(expected.length, trace.length);
  for (let i = 0; i < length; i++) {
    if (trace[i] !== expected[i])
      return `the trace differs in its line ${i + 1}: there is ${shown(trace[i])}, and the transcript expects ${shown(expected[i])}`;
  }
  return null;
}

function shown(line: string | undefined): string {
  return line === undefined ? "the end" : `"${line.trim()}"`;
}
