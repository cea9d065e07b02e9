import { type Checker, nothing } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { violation } from "./words.js";

/**
 * While all are correct and up and the network is quick, nobody has a reason to depose the primary. Raft begins without one (§5.2), and a
 * split vote may repeat its first election: there it holds once everybody follows one leader.
 */
export function needlessViewChange({ facts, viewWord }: Knowledge): Checker {
  let { calm } = facts;
  let settled = facts.protocol !== "raft";
  const followers = new Map<number, Set<number>>();
  return {
    name: "needless-view-change",
    interests: calm ? ["view-change-started", "view-entered", "crashed"] : [],
    observe(event) {
      if (event.kind === "crashed") calm = false;
      if (event.kind === "view-entered" && !settled) {
        const there = (followers.get(event.view) ?? new Set()).add(event.replica);
        followers.set(event.view, there);
        settled = there.size === facts.replicas;
      }
      if (event.kind !== "view-change-started" || !calm || !settled) return null;
      const { at, replica, view, because } = event;
      const what = `replica ${replica} asked for ${viewWord} ${view} though nothing was wrong: ${because}.`;
      return violation("needless-view-change", at, what, [replica]);
    },
    finish: nothing,
  };
}
