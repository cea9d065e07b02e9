import { type Checker, nothing } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { violation } from "./words.js";

/** Whatever is sent to a replica, its code does not throw: neither the protocol's nor, of a liar, the behaviour's. */
export function broke(knowledge: Knowledge): Checker {
  return {
    name: "broke",
    interests: ["broke"],
    observe(event) {
      if (event.kind !== "broke") return null;
      const { at, replica, error } = event;
      const who = knowledge.lies(replica) ? `the liar ${replica}` : `replica ${replica}`;
      return violation("broke", at, `${who} was stopped by a bug of ours: ${error}`, [replica]);
    },
    finish: nothing,
  };
}
