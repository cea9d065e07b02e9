import type { SeqNum } from "@bft/core";
import type { LiarContext, PbftBehaviour } from "../liar.js";
import { otherDigest } from "../wrong-digest.js";
import { falseOrder } from "./false-order.js";
import { nullDigest, proposal } from "./new-view.js";

/** Starts its view with one thing more in O than prepared: a null request, or a batch that nobody has (§4.4). */
export function newViewExtra(context: LiarContext): PbftBehaviour {
  const nothing = nullDigest(context);
  return falseOrder(context, ({ view, viewChanges, prePrepares }) => {
    const last = prePrepares.at(-1)?.message.seq ?? Math.max(0, ...viewChanges.map(({ message }) => message.stableSeq));
    const seq = Math.min(last + 1, Number.MAX_SAFE_INTEGER) as SeqNum;
    return [...prePrepares, proposal(context, view, seq, context.random.chance(0.5) ? nothing : otherDigest(nothing))];
  });
}
