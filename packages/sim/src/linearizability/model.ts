import {
  type ClientId,
  callService,
  changesBetween,
  MerkleStore,
  type OperationResult,
  PrefixStore,
  ReadOnlyStore,
  type SeqNum,
  type Service,
  type Snapshot,
} from "@bft/core";
import type { HistoryOperation } from "./history.js";

/** A service's whole state at one moment. Costs nothing to keep; null is the empty one. */
export type State = Snapshot;

/** The sequential specification: what a request does to a state, and which answers are right. */
export interface Model {
  /** The state after the request, or "illegal" when its answer is not the one that this state gives. */
  step(state: State, request: HistoryOperation): State | "illegal";
  /** The right answer in this state. */
  answer(state: State, request: HistoryOperation): readonly OperationResult[];
  /** What stands at a key of the service; null: nothing. */
  valueAt(state: State, key: string): string | null;
  equal(one: State, other: State): boolean;
}

/** A service is its own specification: it runs here on snapshots as it does on a replica's state. */
export function modelOf(service: Service): Model {
  const whole = new MerkleStore();
  const ordered = new PrefixStore(whole, "s/");
  const reading = new ReadOnlyStore(ordered);

  function run(state: State, { client, operations }: HistoryOperation, store: ReadOnlyStore | PrefixStore) {
    whole.restore(state);
    // A history does not tell sequence numbers: a service whose answers depend on them can not be checked by it.
    const context = { client: client as ClientId, seq: 0 as SeqNum };
    return callService({ service, store: whole }, store, context, operations);
  }

  return {
    step(state, request) {
      const { results, readOnly } = request;
      // A read-only request is answered from the present state, or ordered like any other one when that fails. Where both
      // give this answer nothing was written, so they are the same.
      if (readOnly && results !== null && sameResults(run(state, request, reading), results)) return state;
      const right = run(state, request, ordered);
      return results === null || sameResults(right, results) ? whole.snapshot() : "illegal";
    },
    answer: (state, request) => run(state, request, ordered),
    valueAt(state, key) {
      whole.restore(state);
      return ordered.get(key) ?? null;
    },
    equal: (one, other) => one === other || changesBetween(one, other).next().done === true,
  };
}

function sameResults(some: readonly OperationResult[], others: readonly OperationResult[]): boolean {
  return some.every(({ ok, value }, i) => ok === others[i]?.ok && value === others[i]?.value);
}
