import type { TraceEvent } from "@bft/core";

/** Something that must never be, and was. */
export interface Violation {
  /** Name of the checker that found it. */
  readonly checker: string;
  readonly at: number;
  /** One or more sentences for a person: who, which sequence number or view, what instead of what. */
  readonly what: string;
  /** The correct replicas whose doings contradict each other or the rule. */
  readonly replicas: readonly number[];
  readonly seq: number | null;
}

/** What the checkers must know of the cluster whose trace they read. */
export interface ClusterFacts {
  readonly protocol: string;
  readonly replicas: number;
  readonly faults: number;
  readonly clients: number;
  /** K of §4.3. */
  readonly checkpointInterval: number;
  readonly clientWindow: number;
  readonly batchOperationsMax: number;
  /** Replicas known from the start to lie; "behaves" events add to them. They are not judged. */
  readonly liars: readonly number[];
  /** True when nothing goes wrong at all in this run, so that a view change would be needless. */
  readonly calm: boolean;
}

/**
 * A fold over the trace. `observe` says at once what an event breaks; `finish` says what is missing at the end of the trace.
 * A checker trusts only what correct replicas and correct clients tell, and never throws.
 */
export interface Checker {
  readonly name: string;
  observe(event: TraceEvent): Violation | null;
  finish(at: number): Violation | null;
}
