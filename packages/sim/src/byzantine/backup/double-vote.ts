import { halves, type LiarContext, type PbftBehaviour, send, telling } from "../liar.js";
import { isVote, voteFor } from "../votes.js";
import { otherDigest } from "../wrong-digest.js";

/** Sends everybody two prepares and two commits for one slot. The first counts, so each half gets another one first (§4.2). */
export function doubleVote(context: LiarContext): PbftBehaviour {
  const [first] = halves(context);
  return telling(context, (signed, to) => {
    if (!isVote(signed)) return null;
    const lie = voteFor(context, signed.kind, signed.message, otherDigest(signed.message.digest));
    return to.flatMap((replica) => (first.includes(replica) ? [signed, lie] : [lie, signed]).map((vote) => send(replica, vote)));
  });
}
