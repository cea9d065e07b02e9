import type { Timestamp } from "@bft/core";
import { type Claimed, pbftCodec, type Request } from "@bft/core/pbft";
import type { LiarContext, PbftBehaviour } from "../liar.js";
import { batchOf, proposing } from "./proposing.js";
import { rebatched } from "./rebatch.js";

/**
 * Adds to its batch a request that no client signed: a client's last operations once more, under the next timestamp. The
 * signature is the liar's own or the one that the client gave for something else.
 */
export function inventOperation(context: LiarContext): PbftBehaviour {
  return proposing(context, (truth) => {
    const requests = batchOf(truth)?.requests ?? [];
    const last = requests.at(-1);
    if (last === undefined) return null;
    const lie = rebatched(context, truth, [...requests, invented(context, last)]);
    return () => lie;
  });
}

function invented({ ports, random }: LiarContext, { signerId, message, signature }: Claimed<Request>): Claimed<Request> {
  const again: Request = { ...message, timestamp: (message.timestamp + 1) as Timestamp };
  const payload = pbftCodec.encode(again);
  return { signerId, message: again, payload, signature: random.chance(0.5) ? signature : ports.sign(payload) };
}
