import { type Checker, type EventOf, nothing, type Violation } from "../checker.js";
import type { Knowledge } from "../knowledge.js";
import { violation } from "../words.js";

/** What a replica gave its word for last. */
interface Word {
  readonly view: number;
  /** Whom it let lead there; null: it only went along. */
  readonly candidate: number | null;
}

/**
 * A replica lets one candidate lead in a term (Raft, §5.2), and accepts nothing in a lower ballot or term than one in which it gave its
 * word (Paxos Made Simple, §2.2, P1a), also not after a crash.
 */
export function promises(knowledge: Knowledge): Checker {
  const words = new Map<number, Word>();

  function onPromise({ at, replica }: EventOf<"sent">, view: number, candidate: number): Violation | null {
    const before = words.get(replica);
    if (before !== undefined && view < before.view)
      return broken(at, replica, `let replica ${candidate} lead in ${view} after it had given its word in ${before.view}`);
    if (before?.view === view && before.candidate !== null && before.candidate !== candidate)
      return broken(at, replica, `let both replica ${before.candidate} and replica ${candidate} lead in ${view}`);
    words.set(replica, { view, candidate });
    return null;
  }

  function onAccepted({ at, replica }: EventOf<"sent">, view: number, seq: number): Violation | null {
    const before = words.get(replica);
    if (before !== undefined && view < before.view)
      return broken(at, replica, `accepted ${seq} in ${view} after it had given its word in ${before.view}`);
    if (before === undefined || view > before.view) words.set(replica, { view, candidate: null });
    return null;
  }

  return {
    name: "promises",
    interests: ["sent", "disk-lost"],
    observe(event) {
      // It gives its word no more; that is all that can be asked of it.
      if (event.kind === "disk-lost") words.delete(event.replica);
      if (event.kind !== "sent" || knowledge.lies(event.replica)) return null;
      const { statement } = event;
      switch (statement.kind) {
        case "promise":
          return onPromise(event, statement.view, statement.candidate);
        case "candidate":
          return onPromise(event, statement.view, event.replica);
        case "accepted":
          return onAccepted(event, statement.view, statement.seq);
        default:
          return null;
      }
    },
    finish: nothing,
  };
}

function broken(at: number, replica: number, what: string): Violation {
  return violation("promises", at, `replica ${replica} ${what}.`, [replica]);
}
