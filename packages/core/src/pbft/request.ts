import type { Principal } from "../ids.js";
import type { Signed, SignedOf } from "../machine.js";
import type { CachedReply } from "../replication/client-table.js";
import { refusalOf } from "../replication/request-bounds.js";
import { requestKey } from "../replication/request-pool.js";
import { callService } from "../service-calls.js";
import { ReadOnlyStore } from "../store/store.js";
import type { DropReason } from "./drop-reason.js";
import type { PbftMessage, Request } from "./messages.js";
import type { ReplicaState } from "./state.js";

/** What can be said of a request before its signature is checked. */
export function reasonToDropRequest(r: ReplicaState, from: Principal, request: Request): DropReason | null {
  return refusalOf(r.config, from, request);
}

/**
 * §4.1: an executed request is answered again from the client table. A new one waits for the primary to order it; a backup
 * relays it to the primary and its view-change timer starts (view-change.ts).
 */
export function onRequest(r: ReplicaState, signed: Signed<Request>, via: Principal): void {
  const request = signed.message;
  const key = requestKey(request);
  const relayedBy = via.role === "replica" ? via.id : null;
  const drop = (reason: DropReason) => r.drop(signed.signer, "request", reason);
  if (request.readOnly) {
    if (relayedBy !== null) return drop("not-primary");
    return r.lastExecuted < r.preparedBefore ? drop("state-behind") : answerRead(r, request);
  }
  if (r.state.clients.executed(request.client, request.timestamp)) {
    const cached = r.state.clients.cached(request.client, request.timestamp);
    if (cached !== null) reply(r, request, cached);
    return drop("request-already-executed");
  }
  if (relayedBy !== null && !r.isPrimary) return drop("not-primary");
  if (r.pool.has(key)) {
    if (relayedBy === null) r.pool.markFromClient(key);
    // The client asks again: the primary may have missed it the first time.
    relayToPrimary(r, r.pool.get(key) ?? signed);
    return drop("request-known");
  }
  if (r.pool.full(request.client, relayedBy)) return drop("client-window-full");
  r.pool.add(signed, relayedBy);
  relayToPrimary(r, signed);
}

/**
 * Read-only operations (§5.1.3): executed at once on what has committed here, and not remembered. One replica may be behind or
 * lie, so the client needs a quorum of equal answers.
 */
function answerRead(r: ReplicaState, request: Request): void {
  const { client, timestamp, operations } = request;
  const { tree, serviceStore } = r.state;
  // The present state, which a read can not change.
  const store = new ReadOnlyStore(serviceStore);
  const results = callService({ service: r.service, store: tree }, store, { client, seq: r.lastExecuted }, operations);
  answer(r, request, { timestamp, seq: r.lastExecuted, results }, false);
}

/** A backup passes a request on to the primary of its view (§4.1). */
export function relayToPrimary(r: ReplicaState, signed: Signed<Request>): void {
  if (!r.isPrimary && r.inView) r.send(r.primary, signed);
}

/** In batches that are larger a reply is worth sparing: many clients are served, and none of them alone waits for it. */
const ALL_REPLY_TO = 4;

/**
 * §4.1: replicas reply to what they execute. We differ: in a large batch, not all reply to a request that says who shall, but who is
 * named, and whoever the client itself handed it to. A client that is alone gets the replies of all, and is served by the quickest.
 */
export function isToReply(r: ReplicaState, request: Request, requestsInBatch: number): boolean {
  const { repliers } = request;
  if (repliers === null || requestsInBatch <= ALL_REPLY_TO) return true;
  return repliers.includes(r.self) || r.pool.isFromClient(requestKey(request));
}

/** <REPLY, v, t, c, i, r> to the client (§4.1). */
export function reply(r: ReplicaState, request: Pick<Request, "client">, executed: CachedReply): void {
  answer(r, request, executed, true);
}

function answer(r: ReplicaState, { client }: Pick<Request, "client">, executed: CachedReply, ordered: boolean): void {
  const { timestamp, seq, results } = executed;
  const signed: Signed<PbftMessage> = r.sign({ kind: "reply", view: r.view, client, timestamp, seq, ordered, results });
  r.emit({ kind: "reply", to: client, signed: signed as SignedOf<PbftMessage> });
}
