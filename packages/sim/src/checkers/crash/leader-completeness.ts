import { type Checker, nothing } from "../checker.js";
import type { Knowledge } from "../knowledge.js";
import { short, violation } from "../words.js";

/**
 * What was chosen in a ballot is what every higher-numbered proposal has (Paxos Made Simple, §2.2, P2b); what was committed in a term is in
 * the logs of all later leaders (Raft, §5.4, Leader Completeness). Found where it is proposed, before anybody executes it.
 */
export function leaderCompleteness(knowledge: Knowledge): Checker {
  return {
    name: "leader-completeness",
    interests: ["sent"],
    observe(event) {
      if (event.kind !== "sent" || event.statement.kind !== "accept") return null;
      // A liar makes a majority believe what is not so, and a correct leader goes on from there.
      if (knowledge.tooManyLie || !knowledge.knowsWhatCameBefore) return null;
      const { at, replica, statement } = event;
      for (const { seq, digest } of statement.values) {
        const chosen = knowledge.acceptances.chosenBefore(seq, statement.view, knowledge.quorum);
        if (chosen === null || chosen.digest === digest) continue;
        const what = `replica ${replica} offered ${short(digest)} for ${seq} in ${statement.view}, where ${short(chosen.digest)} had been chosen in ${chosen.view}.`;
        return violation("leader-completeness", at, what, [replica], seq);
      }
      return null;
    },
    finish: nothing,
  };
}
