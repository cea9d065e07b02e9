import { type Checker, nothing } from "../checker.js";
import type { Knowledge } from "../knowledge.js";
import { short, violation } from "../words.js";

/**
 * What a replica says that it accepted is what its leader offered there: an acceptor accepts proposals and nothing else (Paxos Made Simple,
 * §2.2); a follower that acknowledges an index has the leader's log up to it (Raft, §5.3, Log Matching).
 */
export function logMatching(knowledge: Knowledge): Checker {
  return {
    name: "log-matching",
    interests: ["sent"],
    observe(event) {
      if (event.kind !== "sent" || event.statement.kind !== "accepted" || knowledge.tooManyLie) return null;
      const { at, replica, statement } = event;
      const { view, seq, digest } = statement;
      const offered = knowledge.acceptances.offers(seq).filter((offer) => offer.view === view);
      const [first] = offered;
      // What a leader of Raft inherited it need not offer to everybody.
      if (first === undefined || offered.some((offer) => offer.digest === digest)) return null;
      const what = `replica ${replica} accepted ${short(digest)} at ${seq} in ${view}, where leader ${first.leader} had offered ${short(first.digest)}.`;
      return violation("log-matching", at, what, [replica], seq);
    },
    finish: nothing,
  };
}
