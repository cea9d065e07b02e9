import type { TraceEvent } from "@bft/core";
import type { Violation } from "../checkers/checker.js";
import type { Plan } from "../plan/plan.js";

export interface SimulationReport {
  readonly plan: Plan;
  /** The first thing that must not be and was, or null: all checks hold. */
  readonly violation: Violation | null;
  readonly stats: SimulationStats;
}

export interface SimulationStats {
  /** Virtual. */
  readonly simulatedMs: number;
  readonly delivered: number;
  /** Highest sequence number that a correct replica executed. */
  readonly executed: number;
  readonly answered: number;
  readonly view: number;
  readonly crashes: number;
  readonly transfers: number;
  /** Inputs on which a liar did something else than an honest replica. */
  readonly lies: number;
}

/** Runs a plan to its end, or to the first violation. Never throws for what the protocol does. */
export function simulate(_plan: Plan, _onEvent?: (event: TraceEvent) => void): SimulationReport {
  throw new Error("not built yet");
}
