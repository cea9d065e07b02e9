import {
  type ClientId,
  callService,
  type ExecutedRequest,
  MerkleStore,
  type OperationResult,
  PrefixStore,
  ReadOnlyStore,
  type SeqNum,
  type Service,
  type Store,
} from "@bft/core";
import type { History, HistoryOperation } from "../linearizability/index.js";

/**
 * Whether the order in which the replicas executed explains what the clients saw. When it does, the history is linearizable:
 * the order is the proof, found in one sweep where a search would have to guess. When it does not, nothing is said yet: the
 * search decides.
 * @param executed the requests in the order of execution, from the first on
 */
export function explains(executed: readonly ExecutedRequest[], history: History, service: Service): boolean {
  const place = new Map<string, number>();
  for (const [position, { client, timestamp }] of executed.entries()) place.set(`${client} ${timestamp}`, position);
  const ordered: (HistoryOperation | undefined)[] = [];
  const reads: HistoryOperation[] = [];
  for (const operation of history) {
    const position = place.get(`${operation.client} ${operation.id}`);
    if (position !== undefined) ordered[position] = operation;
    else if (operation.returned !== null) {
      if (!operation.readOnly) return false;
      reads.push(operation);
    }
  }
  return new Sweep(executed, ordered, reads, service).holds();
}

class Sweep {
  readonly #executed: readonly ExecutedRequest[];
  readonly #ordered: readonly (HistoryOperation | undefined)[];
  /** Answered without having been ordered (§5.1.3): each must find its place between two executions. */
  #reads: readonly HistoryOperation[];
  readonly #service: Service;
  readonly #store = new MerkleStore();
  readonly #view = new PrefixStore(this.#store, "s/");
  readonly #reading = new ReadOnlyStore(this.#view);
  /** The earliest answer to anything from here on: whatever is handed in later comes later. */
  readonly #earliestAnswer: number[] = [];

  constructor(
    executed: readonly ExecutedRequest[],
    ordered: readonly (HistoryOperation | undefined)[],
    reads: readonly HistoryOperation[],
    service: Service,
  ) {
    this.#executed = executed;
    this.#ordered = ordered;
    this.#reads = [...reads].sort((a, b) => (a.returned ?? 0) - (b.returned ?? 0));
    this.#service = service;
    let earliest = Number.POSITIVE_INFINITY;
    for (let position = executed.length; position >= 0; position--) {
      earliest = Math.min(earliest, ordered[position]?.returned ?? Number.POSITIVE_INFINITY);
      this.#earliestAnswer[position] = earliest;
    }
  }

  holds(): boolean {
    for (const [position, { client, operations }] of this.#executed.entries()) {
      this.#placeReads(position);
      const operation = this.#ordered[position];
      const results = this.#execute(this.#view, client, operations);
      if (operation === undefined) continue;
      if (this.#reads.some(({ returned }) => returned !== null && returned < operation.invoked)) return false;
      if ((this.#earliestAnswer[position + 1] ?? 0) < operation.invoked) return false;
      if (operation.results !== null && !equal(operation.results, results)) return false;
    }
    this.#placeReads(this.#executed.length);
    return this.#reads.length === 0;
  }

  /** Takes off every read that fits here: all that was answered before it was asked is done, and the state gives its results. */
  #placeReads(position: number): void {
    const earliest = this.#earliestAnswer[position] ?? Number.POSITIVE_INFINITY;
    let waiting = Number.POSITIVE_INFINITY;
    // In order of their answers: one that can not be placed holds back those that were asked after it was answered.
    this.#reads = this.#reads.filter((read) => {
      const fits =
        Math.min(earliest, waiting) >= read.invoked &&
        equal(read.results ?? [], this.#execute(this.#reading, read.client as ClientId, read.operations));
      if (!fits) waiting = Math.min(waiting, read.returned ?? Number.POSITIVE_INFINITY);
      return !fits;
    });
  }

  #execute(view: Store, client: ClientId, operations: readonly string[]): readonly OperationResult[] {
    return callService({ service: this.#service, store: this.#store }, view, { client, seq: 0 as SeqNum }, operations);
  }
}

function equal(a: readonly OperationResult[], b: readonly OperationResult[]): boolean {
  return a.length === b.length && a.every(({ ok, value }, i) => ok === b[i]?.ok && value === b[i]?.value);
}
