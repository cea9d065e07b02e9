import type { Signed } from "@bft/core";
import type { Request } from "@bft/core/pbft";
import { Remembered } from "../remembered.js";
import { type ClientBehaviour, type ClientLiarContext, signRequest, tellingEach } from "./lying-client.js";

/** Uses each timestamp for two requests, of which every other replica gets one: what it asks for, and what it asked for before. */
export function sameTimestamp(context: ClientLiarContext): ClientBehaviour {
  const seconds = new Remembered<number, Signed<Request>>(2 * context.window);
  let earlier: readonly string[] = [];
  return tellingEach(context, (truth, to) => {
    const { timestamp, operations } = truth.message;
    const second = seconds.get(timestamp) ?? signRequest(context, { ...truth.message, operations: other(operations, earlier) });
    if (!seconds.has(timestamp)) earlier = operations;
    seconds.set(timestamp, second);
    return (to + timestamp) % 2 === 0 ? truth : second;
  });
}

/** The earlier operations, or the same ones twice. */
function other(operations: readonly string[], earlier: readonly string[]): readonly string[] {
  const isOther = earlier.length !== operations.length || earlier.some((each, index) => each !== operations[index]);
  return earlier.length > 0 && isOther ? earlier : [...operations, ...operations];
}
