import type { LiarContext, PbftBehaviour } from "../liar.js";
import { otherDigest } from "../wrong-digest.js";
import { falseOrder } from "./false-order.js";
import { nullDigest, proposal } from "./new-view.js";

/** Starts its view with a null request in place of something that prepared, or with something in place of a null request (§4.4). */
export function newViewAltered(context: LiarContext): PbftBehaviour {
  const nothing = nullDigest(context);
  return falseOrder(context, ({ view, prePrepares }) => {
    const victim = prePrepares[context.random.below(prePrepares.length)];
    if (victim === undefined) return null;
    const { seq, digest } = victim.message;
    const lie = proposal(context, view, seq, digest === nothing ? otherDigest(nothing) : nothing);
    return prePrepares.map((claim) => (claim === victim ? lie : claim));
  });
}
