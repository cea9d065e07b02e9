import type { ExecutedRequest } from "@bft/core";
import { RequestMap } from "./bounded.js";
import type { Checker, EventOf, Violation } from "./checker.js";
import type { Knowledge } from "./knowledge.js";
import { sameTexts } from "./same.js";
import { list, violation } from "./words.js";

type Executed = EventOf<"executed">;

/** What is executed for a correct client is what it asked for: its own operations under its own timestamp (§4.1). */
export function validity(knowledge: Knowledge): Checker {
  const invoked = new RequestMap<readonly string[]>();
  /** Executed before the trace tells that it was asked for: with an approximate order that may be told yet. */
  const early = new RequestMap<{ readonly request: ExecutedRequest; readonly event: Executed }>();

  function ask(client: number, timestamp: number, operations: readonly string[]): Violation | null {
    invoked.set(client, timestamp, operations);
    const before = early.get(client, timestamp);
    if (before === undefined) return null;
    early.delete(client, timestamp);
    return judge(before.request, before.event);
  }

  function judge(request: ExecutedRequest, event: Executed): Violation | null {
    const { client, timestamp, operations } = request;
    if (knowledge.clientLies(client)) return null;
    const asked = invoked.get(client, timestamp);
    if (asked !== undefined) return sameTexts(asked, operations) ? null : changed(request, asked, event);
    if (!knowledge.facts.historyComplete || invoked.forgot(client, timestamp)) return null;
    if (knowledge.facts.exactOrder) return invented(request, event);
    if (early.get(client, timestamp) === undefined) early.set(client, timestamp, { request, event });
    return null;
  }

  return {
    name: "validity",
    interests: ["invoked", "fell-back", "executed"],
    observe(event) {
      switch (event.kind) {
        case "invoked":
          return ask(event.client, event.timestamp, event.operations);
        case "fell-back": {
          const asked = invoked.get(event.client, event.from);
          return asked === undefined ? null : ask(event.client, event.timestamp, asked);
        }
        case "executed": {
          let found: Violation | null = null;
          for (const request of event.requests) found ??= judge(request, event);
          return found;
        }
        default:
          return null;
      }
    },
    finish() {
      for (const [client, , { request, event }] of early.values())
        if (!knowledge.clientLies(client)) return invented(request, event);
      return null;
    },
  };
}

function invented({ client, timestamp, operations }: ExecutedRequest, { at, replica, seq }: Executed): Violation {
  const what = `replica ${replica} executed request ${client}/${timestamp} [${list(operations)}] at sequence number ${seq}, which client ${client} never asked for.`;
  return violation("validity", at, what, [replica], seq);
}

function changed(
  { client, timestamp, operations }: ExecutedRequest,
  asked: readonly string[],
  { at, replica, seq }: Executed,
): Violation {
  const what = `replica ${replica} executed [${list(operations)}] for request ${client}/${timestamp} at sequence number ${seq}, where client ${client} had asked for [${list(asked)}].`;
  return violation("validity", at, what, [replica], seq);
}
