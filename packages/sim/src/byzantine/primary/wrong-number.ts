import { INTEGER_MAX, type SeqNum, type View } from "@bft/core";
import type { PrePrepare } from "@bft/core/pbft";
import { type LiarContext, others, type PbftBehaviour, signAs } from "../liar.js";
import { proposing } from "./proposing.js";

/** Leaves out one sequence number: what comes after it can commit, but nobody may execute it before the gap is filled (§4.4). */
export function seqGap(context: LiarContext): PbftBehaviour {
  return renumbering(context, (message) => ({ ...message, seq: later(message.seq, 1) }));
}

/** Jumps: half a window ahead, just past any window, or as far as numbers go. */
export function seqJump(context: LiarContext): PbftBehaviour {
  const { checkpointInterval } = context.config;
  return renumbering(context, (message) => {
    const jump = context.random.pick([checkpointInterval, 3 * checkpointInterval, 1_000_000, INTEGER_MAX]);
    return { ...message, seq: later(message.seq, jump) };
  });
}

/** Proposes in the view after or before the present one, of which it is not primary. */
export function viewOffByOne(context: LiarContext): PbftBehaviour {
  return renumbering(context, (message) => {
    const step = message.view > 0 && context.random.chance(0.5) ? -1 : 1;
    return { ...message, view: (message.view + step) as View };
  });
}

/** Tells one replica, always the same, the next sequence number for each batch. */
export function seqOffByOne(context: LiarContext): PbftBehaviour {
  const victim = context.random.pick(others(context));
  return proposing(context, (truth) => {
    const lie = signAs(context, { ...truth.message, seq: later(truth.message.seq, 1) }, truth.attachment);
    return (to) => (to === victim ? lie : truth);
  });
}

function renumbering(context: LiarContext, number: (message: PrePrepare) => PrePrepare): PbftBehaviour {
  return proposing(context, (truth) => {
    const lie = signAs(context, number(truth.message), truth.attachment);
    return () => lie;
  });
}

function later(seq: SeqNum, by: number): SeqNum {
  return Math.min(seq + by, INTEGER_MAX) as SeqNum;
}
