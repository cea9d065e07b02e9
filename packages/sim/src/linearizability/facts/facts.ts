import type { OperationResult } from "@bft/core";
import type { History, HistoryOperation } from "../history.js";

/**
 * What is known of a service's operations beside what they do: it makes the search smaller, never its verdict another one.
 * A service that nothing is known of is checked as one part, by running it alone.
 */
export interface ServiceFacts {
  /** True when the answers do not depend on who asks. */
  readonly anonymous: boolean;
  /** The keys that an operation's answer or effect may depend on or change; null: perhaps all. */
  touches(operation: string): Touched | null;
  /** True when it changes nothing in any state in which it gets this result. `result` null: any result. */
  changesNothing(operation: string, result: OperationResult | null): boolean;
  /** What a request takes from others and leaves to others; null: nothing is known of that. */
  exchange(request: HistoryOperation): Exchange | null;
  /** Requests in the place of these, in the same order, of which the same orders are right: more of them are alike. */
  alike(history: History): History;
}

export interface Exchange {
  /** These stand in the state whenever the request takes effect with its answer. */
  readonly needs: readonly Fact[];
  /** Wherever it has its answer and its effect, it has them by one of these, by some value of the keys below, or regardless. */
  readonly uses: readonly Fact[];
  readonly usesValuesOf: readonly string[];
  /** True when all keys may matter. */
  readonly usesEverything: boolean;
  /** All facts that it may bring about. */
  readonly leaves: readonly Fact[];
}

/** The key has the value; null: there is no such key. */
export interface Fact {
  readonly key: string;
  readonly value: string | null;
}

/** One name for each fact of a history. */
export function factName({ key, value }: Fact): string {
  return JSON.stringify([key, value]);
}

export interface Touched {
  readonly keys: readonly string[];
  /** Every key that begins with one of these. */
  readonly prefixes: readonly string[];
}

export const NOTHING: Touched = { keys: [], prefixes: [] };

/** All that is known of any service: a refused operation leaves no trace. */
export const UNKNOWN_SERVICE: ServiceFacts = {
  anonymous: false,
  touches: () => null,
  changesNothing: (_operation, result) => result?.ok === false,
  exchange: () => null,
  alike: (history) => history,
};

/** True when the whole request changes nothing in any state in which it gets its answer. */
export function changesNothing(facts: ServiceFacts, { operations, results }: HistoryOperation): boolean {
  return operations.every((operation, i) => facts.changesNothing(operation, results?.[i] ?? null));
}
