import type { Effect, Input, MessageBase, View } from "@bft/core";
import type { Voice } from "../voice.js";
import { heard } from "./heard.js";
import type { Tongue } from "./tongue.js";

/** Whether the liar leads, as far as what it hears and says shows. */
export class Leading<M extends MessageBase> {
  readonly #tongue: Tongue<M>;
  readonly #voice: Voice<M>;
  /** In which ballot or term it led last; null before. */
  view: View | null = null;
  /** The highest in which another one said something. */
  highest = 0;

  constructor(tongue: Tongue<M>, voice: Voice<M>) {
    this.#tongue = tongue;
    this.#voice = voice;
  }

  get isDeposed(): boolean {
    return this.view !== null && this.highest > this.view;
  }

  observe(input: Input<M>, honest: readonly Effect<M>[]): void {
    const word = heard(input);
    if (word !== null) this.highest = Math.max(this.highest, this.#tongue.viewOf(word.message) ?? 0);
    for (const effect of honest) {
      const own = this.#voice.said(effect)?.message ?? null;
      const view = own === null || !this.#tongue.isLeaders(own) ? null : this.#tongue.viewOf(own);
      if (view !== null && view >= (this.view ?? 0)) this.view = view;
    }
  }
}
