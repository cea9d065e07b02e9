import type { TraceEvent } from "@bft/core";
import type { Way } from "./pairing.js";
import { requestKey } from "./scope.js";

/** What the correct ones agreed on. */
interface Agreed {
  /** Digest by view and sequence number. */
  readonly digests: ReadonlyMap<string, string>;
  /** Results by request. */
  readonly answers: ReadonlyMap<string, string>;
}

/**
 * The messages that contradict what their sender said otherwise, or what the correct ones agreed on. Only replicas that were told to
 * lie are accused, as their own traces say so.
 * @param liars lanes of these
 */
export function liesAmong(messages: readonly Way[], liars: ReadonlySet<number>, agreed: Agreed): ReadonlySet<Way> {
  const said = new Map<string, Set<string>>();
  const told = messages.filter(({ from, digest }) => liars.has(from) && digest !== null);
  const topic = ({ from, phase, view, seq, request }: Way) => `${from} ${phase} ${view} ${seq} ${request}`;
  for (const message of told) {
    const digests = said.get(topic(message)) ?? new Set();
    said.set(topic(message), digests.add(message.digest ?? ""));
  }
  return new Set(told.filter((message) => (said.get(topic(message))?.size ?? 0) > 1 || contradicts(message, agreed)));
}

function contradicts({ phase, view, seq, digest, request }: Way, { digests, answers }: Agreed): boolean {
  const expected = phase === "reply" ? answers.get(request ?? "") : digests.get(`${view} ${seq}`);
  return phase !== "accept" && expected !== undefined && digest !== expected;
}

/** @param liars replicas whose word does not count */
export function agreedIn(
  events: readonly TraceEvent[],
  liars: ReadonlySet<number>,
  textOf: (results: Results) => string,
): Agreed {
  const digests = new Map<string, string>();
  const answers = new Map<string, string>();
  for (const event of events) {
    if (event.kind === "executed" && !liars.has(event.replica)) digests.set(`${event.view} ${event.seq}`, event.digest);
    if (event.kind === "answered") answers.set(requestKey(event.client, event.timestamp), textOf(event.results));
  }
  return { digests, answers };
}

type Results = Extract<TraceEvent, { kind: "answered" }>["results"];
