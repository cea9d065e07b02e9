import type { ExecutedRequest } from "@bft/core";
import { SlotMap } from "./bounded.js";
import { type Checker, type EventOf, nothing, type Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { quorumStory } from "./quorum-story.js";
import { sameRequest } from "./same.js";
import { list, outcomes, short, violation } from "./words.js";

type Executed = EventOf<"executed">;

/** Correct replicas execute one digest at a sequence number, the same requests of it, to the same results (§4.2, §4.5.1). */
export function agreement(knowledge: Knowledge): Checker {
  const firsts = new SlotMap<Executed>();
  return {
    name: "agreement",
    interests: ["executed"],
    observe(event) {
      if (event.kind !== "executed") return null;
      const first = firsts.get(event.seq);
      if (first !== undefined) return compare(knowledge, first, event);
      firsts.set(event.seq, event);
      return null;
    },
    finish: nothing,
  };
}

function compare(knowledge: Knowledge, first: Executed, event: Executed): Violation | null {
  if (first.digest !== event.digest) {
    const what = `replica ${event.replica} executed ${short(event.digest)} (${knowledge.viewWord} ${event.view}) at sequence number ${event.seq}, where replica ${first.replica} had executed ${short(first.digest)} (${knowledge.viewWord} ${first.view}). ${quorumStory(knowledge, first, event)}`;
    return violation("agreement", event.at, what, [first.replica, event.replica], event.seq);
  }
  if (first.requests === event.requests) return null;
  const most = Math.max(first.requests.length, event.requests.length);
  for (let index = 0; index < most; index++) {
    const [a, b] = [first.requests[index], event.requests[index]];
    if (a !== undefined && b !== undefined && sameRequest(a, b)) continue;
    const what = `replica ${event.replica} executed of ${short(event.digest)} at sequence number ${event.seq} ${told(b)}, where replica ${first.replica} had executed ${told(a)}.`;
    return violation("agreement", event.at, what, [first.replica, event.replica], event.seq);
  }
  return null;
}

function told(request: ExecutedRequest | undefined): string {
  if (request === undefined) return "one request less";
  const { client, timestamp, operations, results } = request;
  return `request ${client}/${timestamp} [${list(operations)}] to [${outcomes(results)}]`;
}
