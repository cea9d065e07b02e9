import type { BehaviourInfo } from "../catalogue.js";
import { badSignatures } from "./bad-signatures.js";
import type { ClientBehaviour, ClientLiarContext } from "./lying-client.js";
import { backwardsTimestamps, maximalTimestamps } from "./odd-timestamps.js";
import { replayRequests } from "./replay-requests.js";
import { sameTimestamp } from "./same-timestamp.js";
import { splitRequest } from "./split-request.js";

export type { ClientBehaviour, ClientLiarContext } from "./lying-client.js";

interface ClientEntry extends Omit<BehaviourInfo, "group"> {
  readonly create: (context: ClientLiarContext) => ClientBehaviour;
}

const CLIENTS: readonly ClientEntry[] = [
  {
    name: "same-timestamp",
    summary: "signs two requests under one timestamp and sends them to different replicas",
    holds: "one of the two is executed, the same one everywhere, and other clients are served as ever",
    create: sameTimestamp,
  },
  {
    name: "split-request",
    summary: "sends each replica other bytes: the request, its operations twice, a broken signature, the request as a read",
    holds: "what is executed is the same everywhere, once a timestamp, and no primary is deposed for it",
    create: splitRequest,
  },
  {
    name: "backwards-timestamps",
    summary: "uses a lower timestamp for each request than for the one before",
    holds: "a timestamp is executed once or not at all, the same everywhere; it harms itself alone",
    create: backwardsTimestamps,
  },
  {
    name: "maximal-timestamps",
    summary: "uses the highest timestamps that there are, up to 2^53 - 1, again and again",
    holds: "a timestamp is executed once, the same everywhere; it harms itself alone",
    create: maximalTimestamps,
  },
  {
    name: "replay-requests",
    summary: "sends its old requests again, to replicas of its choice",
    holds: "what was executed is answered again from the table of clients, and never executed again",
    create: replayRequests,
  },
  {
    name: "bad-signatures",
    summary: "sends requests whose signature does not fit",
    holds: "none is executed or passed on, and no primary is deposed because of them",
    create: badSignatures,
  },
];

/** The ways in which a client can lie. */
export const CLIENT_BEHAVIOURS: readonly BehaviourInfo[] = CLIENTS.map(({ name, summary, holds }) => ({
  name,
  group: "clients",
  summary,
  holds,
}));

/** @throws RangeError with a sentence for a person when there is no client behaviour of that name. */
export function createClientBehaviour(name: string, context: ClientLiarContext): ClientBehaviour {
  const entry = CLIENTS.find((each) => each.name === name);
  if (entry !== undefined) return entry.create(context);
  const names = CLIENTS.map((each) => each.name).join(", ");
  throw new RangeError(`there is no client behaviour "${name.slice(0, 40)}"; there are: ${names}`);
}
