import type { EventOf } from "./checker.js";

/** What a replica tells of itself and may yet lose: it is durable when a message leaves after it. */
export type Tentative = EventOf<"executed" | "checkpoint-stable" | "state-installed" | "view-change-started" | "view-entered">;

const NONE: readonly Tentative[] = [];

/**
 * What a replica does before its next message may be lost with it: the records of it need not be on its disk, and nobody has
 * seen any of it. After a crash it may do otherwise, and rightly so. So it is held back until a message has left, and forgotten
 * when the replica dies before.
 */
export class Durable {
  readonly #held = new Map<number, Tentative[]>();
  /** The highest sequence number that a replica told a client of: its reply leaves before it tells of the execution. */
  readonly #replied = new Map<number, number>();

  /** True when `event` must wait, and is kept here. */
  holds(event: Tentative): boolean {
    const held = this.#held.get(event.replica);
    const waits = held !== undefined && held.length > 0;
    if (!waits && event.kind === "executed" && event.seq <= (this.#replied.get(event.replica) ?? 0)) return false;
    if (held === undefined) this.#held.set(event.replica, [event]);
    else held.push(event);
    return true;
  }

  replied(replica: number, seq: number): void {
    if (seq > (this.#replied.get(replica) ?? 0)) this.#replied.set(replica, seq);
  }

  /** What has become durable by a message that leaves now, in order. */
  release(replica: number): readonly Tentative[] {
    const held = this.#held.get(replica);
    if (held === undefined || held.length === 0) return NONE;
    this.#held.delete(replica);
    return held;
  }

  /** The replica ended: what nobody has seen did not happen. */
  forget(replica: number): void {
    this.#held.delete(replica);
  }

  diskLost(replica: number): void {
    this.forget(replica);
    this.#replied.delete(replica);
  }

  /** At the end of the trace what the living did counts. */
  releaseAll(): readonly Tentative[] {
    const all = [...this.#held.values()].flat();
    this.#held.clear();
    return all;
  }
}
