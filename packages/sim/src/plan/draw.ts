import { drawOptions, type Pins } from "./options.js";
import type { Plan } from "./plan.js";
import { randomPlan } from "./random-plan.js";
import { twinsPlan } from "./twins.js";

/** What is left to a seed of a fuzzing run: links that fail now and then, but nobody who stops. */
const FUZZING: Pins = { crashes: 0, wipes: 0, slow: 0, clogs: 0, skew: 0, "lying-clients": 0 };

/**
 * The plan of one seed, in the mode that is pinned: drawn at random, one scenario of Twins (seed 1 is the first), or ByzzFuzz:
 * liars that mutate messages on a network that is cut now and then.
 * @throws RangeError when the pinned options do not go together, or name what there is not
 */
export function drawPlan(seed: number, pins: Pins): Plan {
  const { mode, rounds, f, protocol } = drawOptions(seed, pins);
  switch (mode) {
    case "random":
      return randomPlan(seed, pins);
    case "twins":
      // Its scenarios are of four replicas and PBFT's primaries; of 2f+1 replicas one twin is one liar too many.
      if (protocol !== "pbft")
        throw new RangeError(`mode=twins has scenarios of pbft only, not of ${protocol}; leave one of them out`);
      return { ...twinsPlan(seed - 1, rounds), seed };
    case "fuzz-small":
    case "fuzz-any":
      return randomPlan(seed, { ...FUZZING, liars: f, behaviour: mode, ...pins });
  }
}
