import { type LiarContext, type PbftBehaviour, sendAll, telling } from "../liar.js";
import { voteFor } from "../votes.js";

/** As primary prepares what it proposed itself, so that one replica would count twice (§4.2: a quorum with the pre-prepare). */
export function prepareAsPrimary(context: LiarContext): PbftBehaviour {
  return telling(context, (signed, to) => {
    if (signed.kind !== "pre-prepare") return null;
    return [...sendAll(to, signed), ...sendAll(to, voteFor(context, "prepare", signed.message, signed.message.digest))];
  });
}
