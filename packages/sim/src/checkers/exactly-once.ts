import { RequestMap } from "./bounded.js";
import { type Checker, type EventOf, nothing, type Violation } from "./checker.js";
import { violation } from "./words.js";

/** Where a request was executed first, and in which replica's which execution it was seen last. */
interface Place {
  readonly seq: number;
  readonly replica: number;
  seen: number;
}

/** A client's timestamp executes once, and at the same sequence number everywhere (§4.1), whatever the client sends. */
export function exactlyOnce(): Checker {
  const places = new RequestMap<Place>();
  let executions = 0;

  function judge(client: number, timestamp: number, { at, replica, seq }: EventOf<"executed">): Violation | null {
    const place = places.get(client, timestamp);
    if (place === undefined) {
      places.set(client, timestamp, { seq, replica, seen: executions });
      return null;
    }
    const before = place.seen;
    place.seen = executions;
    if (place.seq !== seq) {
      const what = `replica ${replica} executed request ${client}/${timestamp} at sequence number ${seq}, where replica ${place.replica} had executed it at ${place.seq}.`;
      return violation("exactly-once", at, what, [...new Set([place.replica, replica])], seq);
    }
    if (before !== executions) return null;
    const what = `replica ${replica} executed request ${client}/${timestamp} twice in the batch at sequence number ${seq}.`;
    return violation("exactly-once", at, what, [replica], seq);
  }

  return {
    name: "exactly-once",
    interests: ["executed"],
    observe(event) {
      if (event.kind !== "executed") return null;
      executions += 1;
      let found: Violation | null = null;
      for (const { client, timestamp } of event.requests) {
        const next = judge(client, timestamp, event);
        found ??= next;
      }
      return found;
    },
    finish: nothing,
  };
}
