import { type LiarContext, others, type PbftBehaviour, sendAll, telling } from "../liar.js";
import { isVote } from "../votes.js";

/** Its prepares and commits reach one replica only, always the same. */
export function voteToOne(context: LiarContext): PbftBehaviour {
  const receiver = context.random.pick(others(context));
  return telling(context, (signed, to) =>
    isVote(signed)
      ? sendAll(
          to.filter((replica) => replica === receiver),
          signed,
        )
      : null,
  );
}
