import { LatestMap } from "../bounded.js";
import { type Checker, nothing } from "../checker.js";
import { violation } from "../words.js";

/** Views that are remembered; no two leaders of one stand further apart in a trace. */
const VIEWS_KEPT = 10_000;

/** At most one leader in a term (Raft, §5.2, Election Safety), and in a ballot, whose number is one proposer's own. */
export function oneLeader(): Checker {
  const leaders = new LatestMap<{ readonly replica: number; readonly leader: number }>(VIEWS_KEPT);
  return {
    name: "one-leader",
    interests: ["view-entered"],
    observe(event) {
      if (event.kind !== "view-entered") return null;
      const { at, replica, view, primary } = event;
      const first = leaders.get(view);
      if (first === undefined) {
        leaders.set(view, { replica, leader: primary });
        return null;
      }
      if (first.leader === primary) return null;
      const what = `replica ${replica} followed leader ${primary} in ${view}, where replica ${first.replica} had followed leader ${first.leader}.`;
      return violation("one-leader", at, what, [...new Set([first.replica, replica])]);
    },
    finish: nothing,
  };
}
