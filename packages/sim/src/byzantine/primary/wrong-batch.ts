import { makeBatch } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, signAs } from "../liar.js";
import { batchOf, proposing } from "./proposing.js";
import { SecondBatches } from "./second-batch.js";

/** Signs the digest of one batch and sends another one beside it, of real requests too. */
export function wrongBatch(context: LiarContext): PbftBehaviour {
  const second = new SecondBatches();
  return proposing(context, (truth) => {
    const batch = batchOf(truth);
    if (batch === null) return null;
    const lie = signAs(context, truth.message, makeBatch(second.of(batch), context.ports).bytes);
    return () => lie;
  });
}
