import type { Signed } from "@bft/core";
import type { Request } from "@bft/core/pbft";
import { altering, type ClientBehaviour } from "./lying-client.js";

/** Sends requests whose signature does not fit. */
export function badSignatures(): ClientBehaviour {
  return altering(broken);
}

/** The request with one bit of its signature turned over. */
export function broken(truth: Signed<Request>): Signed<Request> {
  return { ...truth, signature: truth.signature.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) };
}
