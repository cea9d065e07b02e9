import type { Entry } from "../catalogue.js";
import { staleRead } from "./stale-read.js";
import { wrongTimestamp } from "./wrong-timestamp.js";

/** The lies of a replica to its clients. */
export const REPLIES: readonly Entry[] = [
  {
    name: "wrong-timestamp",
    summary: "executes right and signs each result as the answer to the request before or after it",
    holds: "f+1 equal replies are needed under the request's own timestamp, so no client takes one result for another",
    create: wrongTimestamp,
  },
  {
    name: "stale-read",
    summary: "answers writes right, and reads from the state of some batches ago",
    holds: "an old value counts only when enough others give it too, and among those is one that knows every answered write",
    create: staleRead,
  },
];
