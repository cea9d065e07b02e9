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
  /** The digest of the null request (§4.4), which a new-view gives to a number that nobody prepared. */
  readonly nullDigest: string;
  /**
   * True when the trace holds everything since the first start of the cluster and of its clients. Otherwise it begins in the
   * midst, and what was said, asked or executed before is not known.
   */
  readonly historyComplete: boolean;
  /**
   * True when the events stand in the order in which they happened, as in the simulator. Otherwise each replica's and client's
   * own are in order, and those of different ones only about: then nothing is judged that asks what was sent before.
   */
  readonly exactOrder: boolean;
}

export type EventKind = TraceEvent["kind"];
export type EventOf<K extends EventKind> = Extract<TraceEvent, { readonly kind: K }>;

/**
 * A fold over the trace. `observe` says at once what an event breaks; `finish` says what is missing at the end of the trace. It
 * never throws. It is told (dispatch.ts) what correct replicas and clients tell of themselves, once that is durable; of liars it
 * is told what they sent, and `broke`.
 */
export interface Checker {
  readonly name: string;
  /** The kinds of events that it must be shown. */
  readonly interests: readonly EventKind[];
  observe(event: TraceEvent): Violation | null;
  finish(at: number): Violation | null;
}

/** For checkers to which the end of the trace says nothing. */
export const nothing = (): null => null;
