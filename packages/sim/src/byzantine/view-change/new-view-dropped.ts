import type { LiarContext, PbftBehaviour } from "../liar.js";
import { falseOrder } from "./false-order.js";

/** Starts its view without one of the things that prepared (§4.4). */
export function newViewDropped(context: LiarContext): PbftBehaviour {
  return falseOrder(context, ({ prePrepares }) => {
    const victim = context.random.below(prePrepares.length);
    return prePrepares.length === 0 ? null : prePrepares.filter((_, index) => index !== victim);
  });
}
