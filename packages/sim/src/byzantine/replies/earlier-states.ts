import {
  type ClientId,
  callService,
  type ExecutedRequest,
  MerkleStore,
  type OperationContext,
  type OperationResult,
  PrefixStore,
  type SeqNum,
  type Service,
  type Snapshot,
  type Store,
} from "@bft/core";
import { sameResults } from "../../checkers/same.js";

/** States that are kept, the present one included. */
const STATES_KEPT = 8;

/** The liar's own copy of the service's state, and what it was in the last few batches. */
export class EarlierStates {
  readonly #service: Service;
  readonly #store = new MerkleStore();
  /** After the last batches, the present one last; the empty state before the first. */
  #states: readonly Snapshot[] = [null];
  #seq = 0;

  constructor(service: Service) {
    this.#service = service;
  }

  /** Executes a batch as everybody did; gives the requests that wrote nothing. One that does not come next changes nothing. */
  execute(seq: SeqNum, requests: readonly ExecutedRequest[]): readonly ExecutedRequest[] {
    if (seq !== this.#seq + 1) return [];
    const reads = requests.filter(({ client, operations }) => !this.#run({ client, seq }, operations).wrote);
    this.#moveTo(seq, this.#store.snapshot());
    return reads;
  }

  /** The whole state as of a checkpoint, from where others had it. */
  install(seq: SeqNum, state: Snapshot): void {
    if (seq <= this.#seq) return;
    this.#store.restore(state);
    this.#moveTo(seq, state);
  }

  /**
   * What the operations would have given when they last gave something else than `truth`: so answers who has not executed yet what
   * made the difference. Null when they gave the same in all states that are kept.
   */
  before(client: ClientId, operations: readonly string[], truth: readonly OperationResult[]): readonly OperationResult[] | null {
    const present = this.#store.snapshot();
    const context = { client, seq: this.#seq as SeqNum };
    let other: readonly OperationResult[] | null = null;
    for (let i = this.#states.length - 2; i >= 0 && other === null; i--) {
      this.#store.restore(this.#states[i] ?? null);
      const { results } = this.#run(context, operations);
      if (!sameResults(results, truth)) other = results;
    }
    this.#store.restore(present);
    return other;
  }

  #moveTo(seq: SeqNum, state: Snapshot): void {
    this.#seq = seq;
    this.#states = [...this.#states, state].slice(-STATES_KEPT);
  }

  #run(
    context: OperationContext,
    operations: readonly string[],
  ): { readonly wrote: boolean; readonly results: readonly OperationResult[] } {
    const store = new NotingStore(new PrefixStore(this.#store, "s/"));
    const results = callService({ service: this.#service, store: this.#store }, store, context, operations);
    return { wrote: store.wrote, results };
  }
}

/** Notes whether anything was to be changed. */
class NotingStore implements Store {
  readonly #inner: Store;
  wrote = false;

  constructor(inner: Store) {
    this.#inner = inner;
  }

  get(key: string): string | undefined {
    return this.#inner.get(key);
  }

  put(key: string, value: string): void {
    this.wrote = true;
    this.#inner.put(key, value);
  }

  delete(key: string): boolean {
    this.wrote = true;
    return this.#inner.delete(key);
  }

  scan(from: string, to: string | null, limit: number): readonly (readonly [key: string, value: string])[] {
    return this.#inner.scan(from, to, limit);
  }
}
