import { type LiarContext, type PbftBehaviour, sendAll, signAs, telling } from "../liar.js";
import { otherDigest } from "../wrong-digest.js";

/** Votes right in all slots and signs checkpoints of a state that nobody has (§4.3). Liars of one plan sign the same one. */
export function wrongCheckpoint(context: LiarContext): PbftBehaviour {
  return telling(context, (signed, to) => {
    if (signed.kind !== "checkpoint") return null;
    return sendAll(to, signAs(context, { ...signed.message, stateDigest: otherDigest(signed.message.stateDigest) }));
  });
}
