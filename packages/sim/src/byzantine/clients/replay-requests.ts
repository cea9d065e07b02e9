import type { ReplicaId, Signed } from "@bft/core";
import type { Request } from "@bft/core/pbft";
import { Remembered } from "../remembered.js";
import { type ClientBehaviour, type ClientLiarContext, requestIn } from "./lying-client.js";

const REMEMBERED_MAX = 64;
const REPLAYED = 3;

/** With each request it sends some of its old ones again, to replicas of its choice. */
export function replayRequests({ replicas, random }: ClientLiarContext): ClientBehaviour {
  const old = new Remembered<number, Signed<Request>>(REMEMBERED_MAX);
  return (_input, honest) =>
    honest.flatMap((effect) => {
      const request = requestIn(effect);
      if (request === null) return [effect];
      const again = random.sample(old.values(), REPLAYED);
      old.set(request.message.timestamp, request);
      return [effect, ...again.map((signed) => ({ kind: "send" as const, to: random.below(replicas) as ReplicaId, signed }))];
    });
}
