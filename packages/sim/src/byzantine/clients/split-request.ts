import type { ReplicaId, Signed } from "@bft/core";
import type { Request } from "@bft/core/pbft";
import { broken } from "./bad-signatures.js";
import { type ClientBehaviour, type ClientLiarContext, signRequest, tellingEach } from "./lying-client.js";

/**
 * Sends each replica other bytes under one timestamp: the request, the same operations twice, the request with a broken
 * signature, or as one that only reads. Who gets which goes round.
 */
export function splitRequest(context: ClientLiarContext): ClientBehaviour {
  return tellingEach(context, (truth, to) => variant(context, truth, to));
}

function variant(context: ClientLiarContext, truth: Signed<Request>, to: ReplicaId): Signed<Request> {
  const { message } = truth;
  switch ((to + message.timestamp) % 4) {
    case 0:
      return signRequest(context, { ...message, operations: [...message.operations, ...message.operations] });
    case 1:
      return broken(truth);
    case 2:
      return signRequest(context, { ...message, readOnly: !message.readOnly });
    default:
      return truth;
  }
}
