import type { Principal, ReplicaId, View } from "../ids.js";
import type { MessageBase, Signed, SignedOf } from "../machine.js";
import type { CachedReply } from "../replication/client-table.js";
import type { Reply, Request } from "../replication/messages.js";
import { type RequestRefusal, refusalOf } from "../replication/request-bounds.js";
import { requestKey } from "../replication/request-pool.js";
import type { CrashState } from "./state.js";

/** Who leads, as a replica knows it: itself, another one, or nobody. */
export interface Leadership {
  /** The ballot or term. */
  readonly view: View;
  readonly leader: ReplicaId | null;
}

export type RequestDrop =
  | RequestRefusal
  | "reads-are-ordered"
  | "request-already-executed"
  | "request-known"
  | "client-window-full"
  | "not-leader";

/** What can be said of a request before its signature is checked. */
export function reasonToDropRequest<M extends MessageBase>(
  r: CrashState<M>,
  from: Principal,
  request: Request,
): RequestDrop | null {
  return refusalOf(r.config, from, request) ?? (request.readOnly ? "reads-are-ordered" : null);
}

/**
 * An executed request is answered again from the client table. A new one waits in the leader's pool; whoever does not lead passes
 * it on to the leader, and keeps nothing: the client asks again.
 */
export function onRequest<M extends MessageBase>(
  r: CrashState<M>,
  { view, leader }: Leadership,
  signed: Signed<Request>,
  via: Principal,
): RequestDrop | null {
  const { client, timestamp } = signed.message;
  const relayedBy = via.role === "replica" ? via.id : null;
  if (r.state.clients.executed(client, timestamp)) {
    const cached = r.state.clients.cached(client, timestamp);
    if (cached !== null) reply(r, view, signed.message, cached);
    return "request-already-executed";
  }
  if (leader !== r.self) {
    if (leader === null || relayedBy !== null) return "not-leader";
    // Every protocol's messages hold those of clients.
    r.send(leader, signed as unknown as Signed<M>);
    return null;
  }
  if (r.pool.has(requestKey(signed.message))) return "request-known";
  if (r.pool.full(client, relayedBy)) return "client-window-full";
  r.pool.add(signed, relayedBy);
  return null;
}

/** The result to the client. */
export function reply<M extends MessageBase>(
  r: CrashState<M>,
  view: View,
  { client }: Pick<Request, "client">,
  { timestamp, seq, results }: CachedReply,
): void {
  const message: Reply = { kind: "reply", view, client, timestamp, seq, ordered: true, results };
  r.emit({ kind: "reply", to: client, signed: r.sign(message as unknown as M) as SignedOf<M> });
}
