import type { OperationResult, RequestName } from "@bft/core";

/** What the traces and client histories tell about one subject; beside that, what the replicas say of themselves now. */
export interface TraceFacts {
  /** Why they tell nothing, or not everything; null when they reach back to the beginning. */
  readonly gap: string | null;
  /** The number under which the subject was executed or voted for; null when they do not tell. */
  readonly seq: number | null;
  readonly requests: readonly RequestName[];
  /** Who is told to have executed it, and what. */
  readonly executed: readonly { readonly replica: number; readonly view: number; readonly digest: string }[];
  /** The first refusal by the service among the operations of the request, in its words, or null. */
  readonly serviceRefused: string | null;
  /** Who sent which votes on it, the last kind of each replica. */
  readonly voted: readonly { readonly replica: number; readonly kind: string; readonly view: number; readonly digest: string }[];
  readonly refusals: readonly TraceRefusal[];
  /** Who has been handed the request. */
  readonly took: readonly number[];
  /** What each replica answered the client; `answer` tells equal ones apart from others. */
  readonly replies: readonly { readonly replica: number; readonly answer: string }[];
  /** When the client handed the request in, by the trace's clock; null when its history does not tell. */
  readonly invokedAt: number | null;
  readonly answered: boolean;
  /** It was handed in as a fast read. */
  readonly readOnly: boolean;
  /** The last number that each replica is told to have executed: for those that say nothing now. */
  readonly lastExecuted: ReadonlyMap<number, number>;
  /** Replicas that signed two contradictory messages about it. */
  readonly accused: readonly number[];
}

export interface TraceRefusal {
  readonly replica: number;
  readonly from: string;
  readonly message: string | null;
  readonly reason: string;
  readonly count: number;
}

/** @param gap why the traces were not read */
export function noTrace(gap: string): TraceFacts {
  return {
    gap,
    seq: null,
    requests: [],
    executed: [],
    serviceRefused: null,
    voted: [],
    refusals: [],
    took: [],
    replies: [],
    invokedAt: null,
    answered: false,
    readOnly: false,
    lastExecuted: new Map(),
    accused: [],
  };
}

/** The results of a request in one string: equal answers give equal ones. */
export function answerText(seq: number, results: readonly OperationResult[]): string {
  return JSON.stringify([seq, results.map(({ ok, value }) => [ok, value])]);
}
