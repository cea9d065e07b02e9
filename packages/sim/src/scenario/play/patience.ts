import type { Stage } from "../stage.js";

const POLL_MS = 25;

/** Waits for things, each for as long as it may, and all together not past a deadline. */
export class Patience {
  readonly #stage: Stage;
  readonly #deadline: number;

  /** `deadline`: by the clock of the stage. */
  constructor(stage: Stage, deadline: number) {
    this.#stage = stage;
    this.#deadline = deadline;
  }

  get isOver(): boolean {
    return this.#stage.now >= this.#deadline;
  }

  /** Waits until `isSo`, at most `withinMs`. @returns whether it came */
  async until(withinMs: number, isSo: () => boolean | Promise<boolean>, pollMs = POLL_MS): Promise<boolean> {
    const deadline = Math.min(this.#stage.now + withinMs, this.#deadline);
    for (;;) {
      if (await isSo()) return true;
      if (this.#stage.now >= deadline) return false;
      await this.#stage.wait(pollMs);
    }
  }
}
