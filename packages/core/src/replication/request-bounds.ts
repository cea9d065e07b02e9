import type { Principal } from "../ids.js";
import { utf8Length } from "../wire/text.js";
import type { ReplicaConfig } from "./config.js";
import type { Request } from "./messages.js";

/** Why a request is refused, whatever the protocol. */
export type RequestRefusal = "not-from-the-client" | "unknown-client" | "request-too-large";

/** What can be said of a request before its signature is checked. */
export function refusalOf(config: ReplicaConfig, from: Principal, request: Request): RequestRefusal | null {
  if (from.role !== "client" || from.id !== request.client) return "not-from-the-client";
  if (request.client >= config.clients) return "unknown-client";
  return fits(config, request.operations) ? null : "request-too-large";
}

/** Every replica holds a request to the same bounds as the batch that will carry it: what the primary proposes, others accept. */
function fits(config: ReplicaConfig, operations: readonly string[]): boolean {
  if (operations.length > config.batchOperationsMax) return false;
  let bytes = 0;
  for (const operation of operations) {
    const length = utf8Length(operation);
    bytes += length;
    if (length > config.operationBytesMax || bytes > config.batchBytesMax) return false;
  }
  return true;
}
