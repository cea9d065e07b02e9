import type { Clock } from "./clock.js";

/** The timers that a machine starts and cancels by name. */
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
    const cancel = this.#clock.setTimer(() => {
      this.#cancels.delete(timer);
      this.#onFired(timer);
    }, delayMs);
    this.#cancels.set(timer, cancel);
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
}
