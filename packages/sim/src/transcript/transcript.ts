import type { Violation } from "../checkers/checker.js";
import type { Plan } from "../plan/plan.js";

/**
 * A plan as a scenario that people read and a test repeats: what it shows, what happens, what must come of it.
 * `writeTranscript` and `parseTranscript` are inverse to each other.
 */
export interface Transcript {
  /** One line: what a reader learns from it. */
  readonly purpose: string;
  readonly plan: Plan;
  /** Name of the checker that must find a violation, or null: all checks hold. */
  readonly violated: string | null;
  /** The important events up to the violation, all of them and in this order, as `formatEvent` writes them; null: whatever. */
  readonly trace: readonly string[] | null;
}

/** `agreement violated` or `holds`: a verdict as a transcript has it. */
export function verdictText(violated: string | null): string {
  return violated === null ? "holds" : `${violated} violated`;
}

/** The transcript of a run that has happened. `purpose` is made one line; `trace` as in `Transcript`. */
export function transcriptOf(
  plan: Plan,
  violation: Violation | null,
  purpose: string,
  trace: readonly string[] | null,
): Transcript {
  return { purpose: purpose.replace(/\s+/g, " ").trim(), plan, violated: violation?.checker ?? null, trace };
}
