import type { Claimed, Request } from "@bft/core/pbft";
import type { LiarContext, PbftBehaviour } from "../liar.js";
import { batchOf, proposing } from "./proposing.js";
import { rebatched } from "./rebatch.js";

/** Proposes the first request that it ever proposed and the last one again, before those whose turn it is. */
export function repeatRequest(context: LiarContext): PbftBehaviour {
  let first: Claimed<Request> | null = null;
  let last: Claimed<Request> | null = null;
  return proposing(context, (truth) => {
    const requests = batchOf(truth)?.requests ?? [];
    const repeated = [first, last].filter((each) => each !== null);
    first ??= requests.at(0) ?? null;
    last = requests.at(-1) ?? last;
    if (repeated.length === 0) return null;
    const lie = rebatched(context, truth, [...repeated, ...requests]);
    return () => lie;
  });
}
