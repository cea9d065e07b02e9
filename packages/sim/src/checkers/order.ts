import { type Checker, nothing } from "./checker.js";
import { violation } from "./words.js";

/**
 * A replica executes in the order of sequence numbers, without gaps and none twice (§4.2); a state that it installs takes the
 * place of what led to it.
 */
export function order(): Checker {
  /** What each replica has executed last; unknown when the trace begins in its midst. */
  const last = new Map<number, number>();
  return {
    name: "order",
    interests: ["started", "disk-lost", "state-installed", "executed"],
    observe(event) {
      switch (event.kind) {
        case "started":
          last.set(event.replica, event.lastExecuted);
          return null;
        case "disk-lost":
          last.delete(event.replica);
          return null;
        case "state-installed":
          last.set(event.replica, event.seq);
          return null;
        case "executed": {
          const { at, replica, seq } = event;
          const before = last.get(replica);
          last.set(replica, seq);
          if (before === undefined || seq === before + 1) return null;
          const what = `replica ${replica} executed sequence number ${seq} after ${before}, where ${before + 1} was due.`;
          return violation("order", at, what, [replica], seq);
        }
        default:
          return null;
      }
    },
    finish: nothing,
  };
}
