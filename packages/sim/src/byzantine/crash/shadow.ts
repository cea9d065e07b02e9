import { type Effect, type Input, type Machine, type MessageBase, NOTHING_SAVED } from "@bft/core";
import type { LiarContext } from "../context.js";
import type { Tongue } from "./tongue.js";

/**
 * A second replica inside the liar, with its key: honest by itself, but it knows nothing of what the liar said before. It has a
 * voice and timers, and no disk; what happens inside it is nobody's business.
 */
export class Shadow<M extends MessageBase> {
  readonly #machine: Machine<M>;
  readonly #timers: string;
  #started = false;

  /** @param name tells the timers of several shadows apart */
  constructor({ protocol }: Tongue<M>, { config, ports, service }: LiarContext, name: string) {
    this.#machine = protocol.replica(config, ports, service, NOTHING_SAVED);
    this.#timers = `lie: ${name} `;
  }

  step(input: Input<M>): readonly Effect<M>[] {
    return this.#inputs(input).flatMap((each) => this.#machine.step(each).flatMap((effect) => this.#told(effect)));
  }

  /** What it gets when the liar gets `input`: timers are its own ones only. */
  #inputs(input: Input<M>): readonly Input<M>[] {
    const inputs: readonly Input<M>[] = this.#started ? [] : [{ kind: "start" }];
    this.#started = true;
    if (input.kind === "start") return inputs;
    if (input.kind === "message") return [...inputs, input];
    if (!input.timer.startsWith(this.#timers)) return inputs;
    return [...inputs, { kind: "timer-fired", timer: input.timer.slice(this.#timers.length) }];
  }

  #told(effect: Effect<M>): readonly Effect<M>[] {
    switch (effect.kind) {
      case "start-timer":
      case "cancel-timer":
        return [{ ...effect, timer: this.#timers + effect.timer }];
      case "send":
      case "broadcast":
      case "reply":
        return [effect];
      default:
        return [];
    }
  }
}

/** What the honest replica does, but for what leaves it. */
export function unspoken<M extends MessageBase>(honest: readonly Effect<M>[]): readonly Effect<M>[] {
  return honest.filter(({ kind }) => kind !== "send" && kind !== "broadcast" && kind !== "reply");
}
