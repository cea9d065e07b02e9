import { type LiarContext, type PbftBehaviour, sendAll, telling } from "../liar.js";
import { voteFor } from "../votes.js";

/** Commits together with its pre-prepare or prepare, whether anybody else prepared or not. */
export function commitEarly(context: LiarContext): PbftBehaviour {
  return telling(context, (signed, to) => {
    if (signed.kind !== "pre-prepare" && signed.kind !== "prepare") return null;
    return [...sendAll(to, signed), ...sendAll(to, voteFor(context, "commit", signed.message, signed.message.digest))];
  });
}
