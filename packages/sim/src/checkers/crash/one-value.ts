import { type Checker, nothing } from "../checker.js";
import type { Knowledge } from "../knowledge.js";
import { short, violation } from "../words.js";

/**
 * A leader offers one value for a sequence number in one ballot or term (Paxos Made Simple, §2.2: a proposal has one value; Raft, §5.3,
 * Leader Append-Only).
 */
export function oneValue(knowledge: Knowledge): Checker {
  return {
    name: "one-value",
    interests: ["sent"],
    observe(event) {
      if (event.kind !== "sent" || event.statement.kind !== "accept" || knowledge.lies(event.replica)) return null;
      const { at, replica, statement } = event;
      for (const { seq, digest } of statement.values) {
        const other = knowledge.acceptances
          .offers(seq)
          .find((offer) => offer.leader === replica && offer.view === statement.view && offer.digest !== digest);
        if (other === undefined) continue;
        const what = `replica ${replica} offered ${short(digest)} for ${seq} in ${statement.view}, where it had offered ${short(other.digest)} before.`;
        return violation("one-value", at, what, [replica], seq);
      }
      return null;
    },
    finish: nothing,
  };
}
