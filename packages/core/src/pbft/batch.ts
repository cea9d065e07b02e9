import type { Digest } from "../ids.js";
import type { Ports } from "../machine.js";
import { copyBytes } from "../small-bytes.js";
import { decodeWire, encodeWire } from "../wire/cbor.js";
import { Reader } from "../wire/reader.js";
import { claimFields, readClaims } from "./codec.js";
import type { Claimed, Request } from "./messages.js";

/** The client requests that one sequence number orders, in order. Empty only for the null request (§4.4). */
export interface Batch {
  readonly digest: Digest;
  /** As it travels; the digest is over exactly these bytes, so they bind the requests and their signatures. */
  readonly bytes: Uint8Array;
  readonly requests: readonly Claimed<Request>[];
}

const SCAN = { depthMax: 4, itemsMax: 100_000 };
/** More requests than that are refused unread. */
const REQUESTS_MAX = 16_384;

export function makeBatch(requests: readonly Claimed<Request>[], ports: Pick<Ports, "hash">): Batch {
  const bytes = encodeWire(requests.map(claimFields));
  return { digest: ports.hash(bytes), bytes, requests };
}

/** The batch of the null request, which executes nothing (§4.4). */
export function nullBatch(ports: Pick<Ports, "hash">): Batch {
  return makeBatch([], ports);
}

/** Hostile bytes whose digest matched, as a batch; null when they are not one. Client signatures are not checked here. */
export function readBatch(bytes: Uint8Array, digest: Digest): Batch | null {
  const decoded = decodeWire(bytes, SCAN);
  if (!("value" in decoded)) return null;
  const reader = new Reader([decoded.value]);
  const requests = readClaims<Request>(reader, "request", REQUESTS_MAX);
  if (reader.problem !== null) return null;
  for (const claim of requests) if (claim.message.client !== claim.signerId) return null;
  return { digest, bytes: copyBytes(bytes), requests };
}

export function operationCount(requests: readonly { readonly message: Request }[]): number {
  let operations = 0;
  for (const request of requests) operations += request.message.operations.length;
  return operations;
}
