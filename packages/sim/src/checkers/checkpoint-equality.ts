import { SlotMap } from "./bounded.js";
import { type Checker, nothing, type Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { short, violation } from "./words.js";

/** Who told of a state first. */
interface Teller {
  readonly replica: number;
  readonly stateDigest: string;
}

/**
 * Correct replicas have the same state at the same sequence number, whether they executed up to it or fetched it (§4.3, TOCS
 * '02 §5.3): equal digests in what they sign, take for stable and install.
 */
export function checkpointEquality(knowledge: Knowledge): Checker {
  const states = new SlotMap<Teller>();

  function compare(at: number, replica: number, seq: number, stateDigest: string, verb: string): Violation | null {
    const first = states.get(seq);
    if (first === undefined) {
      states.set(seq, { replica, stateDigest });
      return null;
    }
    if (first.stateDigest === stateDigest) return null;
    const before = first.replica === replica ? "it had told before of" : `replica ${first.replica} has`;
    const what = `replica ${replica} ${verb} the state ${short(stateDigest)} at sequence number ${seq}, where ${before} ${short(first.stateDigest)}.`;
    return violation("checkpoint-equality", at, what, [...new Set([first.replica, replica])], seq);
  }

  return {
    name: "checkpoint-equality",
    interests: ["sent", "checkpoint-stable", "state-installed"],
    observe(event) {
      switch (event.kind) {
        case "sent": {
          const { statement, replica, at } = event;
          if (statement.kind !== "checkpoint" || knowledge.lies(replica)) return null;
          return compare(at, replica, statement.seq, statement.stateDigest, "signed");
        }
        case "checkpoint-stable":
          return compare(event.at, event.replica, event.seq, event.stateDigest, "took for stable");
        case "state-installed":
          return compare(event.at, event.replica, event.seq, event.stateDigest, "installed");
        default:
          return null;
      }
    },
    finish: nothing,
  };
}
