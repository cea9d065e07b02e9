import type { ReplicaEvent } from "./admin-protocol.js";

/** Events kept for watchers; who watches less often than they come sees the latest. */
const EVENTS_KEPT = 400;

/** The latest events, numbered, so that each watcher gets each once. */
export class EventFeed {
  #events: ReplicaEvent[] = [];
  #count = 0;

  add(event: ReplicaEvent["event"]): void {
    this.#events.push({ atMs: Date.now(), event });
    this.#count += 1;
    if (this.#events.length > 2 * EVENTS_KEPT) this.#events = this.#events.slice(-EVENTS_KEPT);
  }

  /** How many events there have been: the place to go on from. */
  get end(): number {
    return this.#count;
  }

  /** Events from number `from` on, as far as they are kept. */
  since(from: number): readonly ReplicaEvent[] {
    const wanted = Math.min(this.#count - from, EVENTS_KEPT);
    return wanted <= 0 ? [] : this.#events.slice(-wanted);
  }
}
