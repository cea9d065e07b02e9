import type { Scheduler } from "./scheduler.js";

/** The named timers of one process, on a clock that may run fast or slow. Starting one that runs starts it anew. */
export class Timers {
  readonly #scheduler: Scheduler;
  readonly #rate: number;
  readonly #fire: (name: string) => void;
  /** Which start of a timer is the valid one. */
  readonly #running = new Map<string, number>();
  #starts = 0;

  /** @param rate how fast this process's clock runs, 1 for true time */
  constructor(scheduler: Scheduler, rate: number, fire: (name: string) => void) {
    this.#scheduler = scheduler;
    this.#rate = rate;
    this.#fire = fire;
  }

  start(name: string, delayMs: number): void {
    const start = ++this.#starts;
    this.#running.set(name, start);
    this.#scheduler.at(this.#scheduler.now + delayMs / this.#rate, () => {
      if (this.#running.get(name) !== start) return;
      this.#running.delete(name);
      this.#fire(name);
    });
  }

  cancel(name: string): void {
    this.#running.delete(name);
  }

  clear(): void {
    this.#running.clear();
  }
}
