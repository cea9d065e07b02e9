import type { Timestamp } from "@bft/core";
import { altering, type ClientBehaviour, type ClientLiarContext, signRequest } from "./lying-client.js";

/** Half of what a timestamp can be: more than clocks say in this century, in microseconds. */
const MIDDLE = 2 ** 52;

/** Uses lower and lower timestamps, where each should be higher than the one before (§4.1). */
export function backwardsTimestamps(context: ClientLiarContext): ClientBehaviour {
  return withTimestamps(context, (timestamp) => Math.max(1, MIDDLE - timestamp));
}

/** Uses the highest timestamps that there are, again and again: nothing higher is left for what follows (§4.1). */
export function maximalTimestamps(context: ClientLiarContext): ClientBehaviour {
  return withTimestamps(context, (timestamp) => Number.MAX_SAFE_INTEGER - (timestamp % (context.window + 1)));
}

function withTimestamps(context: ClientLiarContext, odd: (timestamp: number) => number): ClientBehaviour {
  return altering(({ message }) => signRequest(context, { ...message, timestamp: odd(message.timestamp) as Timestamp }));
}
