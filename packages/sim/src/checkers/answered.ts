import type { OperationResult } from "@bft/core";
import { RequestMap } from "./bounded.js";
import { type Checker, type EventOf, nothing, type Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { sameResults } from "./same.js";
import { outcomes, violation } from "./words.js";

/** That a request came to these results at this sequence number, and which correct replica says so; null: its client. */
interface Claim {
  readonly replica: number | null;
  readonly seq: number;
  readonly results: readonly OperationResult[];
}

/** What is known of one request of a correct client. */
interface Entry {
  /** Null: the trace does not tell that it was asked. */
  readOnly: boolean | null;
  executed: Claim | null;
  /** What correct replicas answered, each different answer once. A read is answered from many states (§5.1.3). */
  readonly replies: Claim[];
  /** What the client accepted before the execution was told. */
  accepted: Claim | null;
}

/**
 * A correct replica answers what it executed, and what a correct client accepts is what correct replicas executed for that
 * timestamp, there (§4.1): with at most f liars among the f+1 who say so, one says the truth.
 */
export function answered(knowledge: Knowledge): Checker {
  const entries = new RequestMap<Entry>();

  function entryOf(client: number, timestamp: number): Entry {
    const known = entries.get(client, timestamp);
    if (known !== undefined) return known;
    const made: Entry = { readOnly: null, executed: null, replies: [], accepted: null };
    entries.set(client, timestamp, made);
    return made;
  }

  function onExecuted(event: EventOf<"executed">): Violation | null {
    let found: Violation | null = null;
    for (const { client, timestamp, results } of event.requests) {
      if (knowledge.clientLies(client)) continue;
      const entry = entryOf(client, timestamp);
      if (entry.executed !== null) continue;
      const { replica, seq } = event;
      entry.executed = { replica, seq, results };
      const told = entry.accepted === null ? entry.replies : [...entry.replies, entry.accepted];
      const other = told.find((claim) => !same(claim, { replica, seq, results }));
      if (other !== undefined) found ??= contradiction(event.at, client, timestamp, other, entry.executed);
    }
    return found;
  }

  function onReplied({ at, replica, client, timestamp, seq, results }: EventOf<"replied">): Violation | null {
    if (knowledge.clientLies(client) || entries.forgot(client, timestamp)) return null;
    const entry = entryOf(client, timestamp);
    const claim: Claim = { replica, seq, results };
    if (entry.executed !== null)
      return same(claim, entry.executed) ? null : contradiction(at, client, timestamp, claim, entry.executed);
    if (entry.replies.some((each) => same(each, claim))) return null;
    entry.replies.push(claim);
    const [first] = entry.replies;
    if (entry.readOnly !== false || first === undefined || first === claim) return null;
    return contradiction(at, client, timestamp, claim, first);
  }

  function onAnswered({ at, client, timestamp, seq, results }: EventOf<"answered">): Violation | null {
    const claim: Claim = { replica: null, seq, results };
    const entry = entries.get(client, timestamp);
    if (entry?.executed) return same(claim, entry.executed) ? null : contradiction(at, client, timestamp, claim, entry.executed);
    const right = entry?.replies.some(
      (each) => (entry.readOnly !== false || each.seq === seq) && sameResults(each.results, results),
    );
    if (right === true || entries.forgot(client, timestamp)) return null;
    // Too many liars can give a right answer before anybody correct does.
    if (!knowledge.knowsWhatCameBefore || knowledge.tooManyLie) {
      if (entry?.readOnly === false) entry.accepted = claim;
      return null;
    }
    const what = `client ${client} accepted [${outcomes(results)}] at sequence number ${seq} for its request ${timestamp}, which no correct replica had answered.`;
    return violation("answered", at, what, [], seq);
  }

  return {
    name: "answered",
    interests: ["invoked", "fell-back", "executed", "replied", "answered"],
    observe(event) {
      switch (event.kind) {
        case "invoked":
          entryOf(event.client, event.timestamp).readOnly = event.readOnly;
          return null;
        case "fell-back":
          entryOf(event.client, event.timestamp).readOnly = false;
          return null;
        case "executed":
          return onExecuted(event);
        case "replied":
          return onReplied(event);
        case "answered":
          return onAnswered(event);
        default:
          return null;
      }
    },
    finish: nothing,
  };
}

function same(a: Claim, b: Claim): boolean {
  return a.seq === b.seq && sameResults(a.results, b.results);
}

function contradiction(at: number, client: number, timestamp: number, claim: Claim, truth: Claim): Violation {
  const who = claim.replica === null ? `client ${client} accepted` : `replica ${claim.replica} answered`;
  const what = `${who} [${outcomes(claim.results)}] at sequence number ${claim.seq} for request ${client}/${timestamp}, where replica ${truth.replica} came to [${outcomes(truth.results)}] at ${truth.seq}.`;
  const replicas = [claim.replica, truth.replica].filter((id) => id !== null);
  return violation("answered", at, what, [...new Set(replicas)], claim.seq);
}
