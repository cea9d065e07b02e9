import { type Checker, nothing } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { violation } from "./words.js";

/** While all are correct and up and the network is quick, nobody has a reason to depose the primary. */
export function needlessViewChange({ facts }: Knowledge): Checker {
  let { calm } = facts;
  return {
    name: "needless-view-change",
    interests: calm ? ["view-change-started", "crashed"] : [],
    observe(event) {
      if (event.kind === "crashed") calm = false;
      if (event.kind !== "view-change-started" || !calm) return null;
      const { at, replica, view, because } = event;
      const what = `replica ${replica} asked for view ${view} though nothing was wrong: ${because}.`;
      return violation("needless-view-change", at, what, [replica]);
    },
    finish: nothing,
  };
}
