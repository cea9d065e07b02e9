import type { TraceEvent } from "@bft/core";
import { type ReadHistories, requestName, requestOf } from "./history-reader.js";

/** Requests that replicas executed and that are in no history, although they may have been handed in. */
export class UnknownRequests {
  readonly #histories: ReadHistories;
  readonly #known = new Set<string>();
  /** Clients that say of themselves that they lie owe no history. */
  readonly #liars: ReadonlySet<number>;
  #count = 0;

  constructor(histories: ReadHistories) {
    this.#histories = histories;
    this.#liars = new Set(histories.events.flatMap((event) => (event.kind === "client-behaves" ? [event.client] : [])));
  }

  /** How many there were that nobody is known to have handed in. */
  get count(): number {
    return this.#count;
  }

  /**
   * Puts an `invoked` before the first execution of each: a client that writes no history, or wrote none at that time, may have
   * handed it in, and a checker must take it for an operation whose answer nobody knows.
   */
  *madeKnown(events: Iterable<TraceEvent>): Generator<TraceEvent> {
    for (const event of events) {
      for (const request of requestOf(event)) this.#known.add(request);
      if (event.kind === "executed") {
        for (const { client, timestamp, operations } of event.requests) {
          const request = requestName(client, timestamp);
          if (this.#known.has(request) || this.#isCovered(client, timestamp)) continue;
          this.#known.add(request);
          if (!this.#histories.earlier.has(request) && !this.#liars.has(client)) this.#count += 1;
          yield { at: event.at, kind: "invoked", client, timestamp, operations, readOnly: false };
        }
      }
      yield event;
    }
  }

  /** Within the timestamps that are known completely, what is not known was never handed in. */
  #isCovered(client: number, timestamp: number): boolean {
    return this.#histories.covered.some(
      (range) => range.client === client && range.first <= timestamp && timestamp <= range.last,
    );
  }
}
