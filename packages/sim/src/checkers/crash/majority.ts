import { SlotMap } from "../bounded.js";
import { type Checker, nothing } from "../checker.js";
import type { Knowledge } from "../knowledge.js";
import { short, violation } from "../words.js";

/**
 * Nothing is executed before a majority has it (Paxos Made Simple, §2.2; Raft, §5.3). Judged at the first correct replica that executes
 * a sequence number, where all that was sent before is known and nobody lies: a liar makes others believe in a majority that there is not.
 */
export function majority(knowledge: Knowledge): Checker {
  const executed = new SlotMap<true>();
  const leaders = new Map<number, number>();
  // A ballot's number tells whose it is; a term has the leader that was elected.
  const leaderOf = (view: number) =>
    knowledge.facts.protocol === "multipaxos" ? view % knowledge.facts.replicas : (leaders.get(view) ?? null);
  return {
    name: "majority",
    interests: ["executed", "view-entered"],
    observe(event) {
      if (event.kind === "view-entered") leaders.set(event.view, event.primary);
      if (event.kind !== "executed" || executed.get(event.seq) !== undefined) return null;
      executed.set(event.seq, true);
      const { at, replica, seq, digest } = event;
      if (!knowledge.knowsWhatCameBefore || knowledge.tooManyLie || knowledge.quorum === 1) return null;
      if (knowledge.acceptances.hasQuorum(seq, knowledge.quorum, leaderOf)) return null;
      const what = `replica ${replica} executed ${short(digest)} at ${seq}, which fewer than ${knowledge.quorum} replicas had.`;
      return violation("majority", at, what, [replica], seq);
    },
    finish: nothing,
  };
}
