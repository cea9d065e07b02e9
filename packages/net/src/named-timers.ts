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
  readonly #running = new Map<string, { readonly dueAtMs: number; readonly cancel: () => void }>();

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
    this.#running.get(timer)?.cancel();
    this.#running.delete(timer);
  }

  /** What runs now, in order of name; what is overdue is due now. */
  running(): readonly { readonly timer: string; readonly dueInMs: number }[] {
    const now = this.#clock.now();
    return [...this.#running]
      .map(([timer, { dueAtMs }]) => ({ timer, dueInMs: Math.max(0, Math.round(dueAtMs - now)) }))
      .sort((a, b) => (a.timer < b.timer ? -1 : 1));
  }

  cancelAll(): void {
    for (const { cancel } of this.#running.values()) cancel();
    this.#running.clear();
  }

  #wait(timer: string, ms: number, then: () => void): void {
    this.#running.set(timer, { dueAtMs: this.#clock.now() + ms, cancel: this.#clock.setTimer(then, ms) });
  }

  #fire(timer: string): void {
    this.#running.delete(timer);
    this.#onFired(timer);
  }
}
