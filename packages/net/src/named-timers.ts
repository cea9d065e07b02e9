import type { Clock } from "./clock.js";

/** A timer that fires later than this, and by more than half its own time, shows that the process stood still. */
const LATE_MS = 100;
/** For how long the sockets have their turn then. */
const GRACE_MS = 100;

/**
 * The timers that a machine starts and cancels by name. A process that stood still (SIGSTOP, a laptop asleep) finds its timers
 * overdue before it has read what waits in its sockets, and would blame others for its own sleep: so a timer that is much too late
 * waits once more, for a moment, in which what is read may cancel it.
 */
export class NamedTimers {
  readonly #clock: Clock;
  readonly #onFired: (timer: string) => void;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock, onFired: (timer: string) => void) {
    this.#clock = clock;
    this.#onFired = onFired;
  }

  /** Starts a timer, anew when it runs already. */
  start(timer: string, delayMs: number): void {
    this.cancel(timer);
    const dueAtMs = this.#clock.now() + delayMs;
    this.#wait(timer, delayMs, () => {
      const lateMs = this.#clock.now() - dueAtMs;
      if (lateMs > Math.max(LATE_MS, delayMs / 2)) this.#wait(timer, GRACE_MS, () => this.#fire(timer));
      else this.#fire(timer);
    });
  }

  /** Nothing happens when it does not run. */
  cancel(timer: string): void {
    this.#cancels.get(timer)?.();
    this.#cancels.delete(timer);
  }

  cancelAll(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  #wait(timer: string, ms: number, then: () => void): void {
    this.#cancels.set(timer, this.#clock.setTimer(then, ms));
  }

  #fire(timer: string): void {
    this.#cancels.delete(timer);
    this.#onFired(timer);
  }
}
