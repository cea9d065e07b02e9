import type { MessageBase } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { LiarContext } from "../context.js";

/** Records that are still written down, at the most. */
const RECORDS_MAX = 32;

/**
 * Stops writing down what it does, after a few records more. What is on its disk stays a beginning of its history, so it comes
 * back from a restart with an old memory, does not know it, and votes again where it has voted already.
 */
export function amnesia<M extends MessageBase>({ random }: LiarContext): Behaviour<M> {
  let left = random.below(RECORDS_MAX + 1);
  return (_input, honest) =>
    honest.filter((effect) => {
      // A checkpoint would say again what was left out before it.
      if (effect.kind === "checkpoint-stable") return left > 0;
      if (effect.kind !== "persist") return true;
      if (left === 0) return false;
      left -= 1;
      return true;
    });
}
