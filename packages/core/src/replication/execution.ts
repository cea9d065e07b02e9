import type { SeqNum } from "../ids.js";
import type { ExecutedRequest } from "../machine.js";
import { callService, type ServiceHost } from "../service-calls.js";
import type { Store } from "../store/store.js";
import type { ClientTable } from "./client-table.js";
import type { Request } from "./messages.js";
import { type RequestPool, requestKey } from "./request-pool.js";

/** A service with what surrounds it in a replica. */
export interface Executor extends ServiceHost {
  /** The part of the state that the service sees. */
  readonly serviceStore: Store;
  readonly clients: ClientTable;
  readonly pool: RequestPool;
}

/** Changes the state: each request that was not executed before, in order. Also how recovery replays what it did. */
export function executeRequests(
  r: Executor,
  seq: SeqNum,
  requests: Iterable<Pick<Request, "client" | "timestamp" | "operations">>,
): readonly ExecutedRequest[] {
  const executed: ExecutedRequest[] = [];
  for (const { client, timestamp, operations } of requests) {
    r.pool.remove(requestKey({ client, timestamp }));
    if (r.clients.executed(client, timestamp)) continue;
    const results = callService(r, r.serviceStore, { client, seq }, operations);
    r.clients.record(client, { timestamp, seq, results });
    executed.push({ client, timestamp, operations, results });
  }
  return executed;
}
