import type { SeqNum } from "../ids.js";
import type { ExecutedRequest } from "../machine.js";
import type { Service } from "../service.js";
import { callService } from "../service-calls.js";
import type { Request } from "./messages.js";
import type { ReplicatedState } from "./replicated-state.js";
import { type RequestPool, requestKey } from "./request-pool.js";

/** A service with what surrounds it in a replica. */
export interface Executor {
  readonly service: Service;
  readonly state: ReplicatedState;
  readonly pool: RequestPool;
}

/** Changes the state: each request that was not executed before, in order. Also how recovery replays what it did. */
export function executeRequests(
  r: Executor,
  seq: SeqNum,
  requests: Iterable<Pick<Request, "client" | "timestamp" | "operations" | "oldest">>,
): readonly ExecutedRequest[] {
  const { tree, serviceStore, clients } = r.state;
  const executed: ExecutedRequest[] = [];
  for (const { client, timestamp, operations, oldest } of requests) {
    r.pool.remove(requestKey({ client, timestamp }));
    if (clients.executed(client, timestamp)) continue;
    const results = callService({ service: r.service, store: tree }, serviceStore, { client, seq }, operations);
    clients.record(client, { timestamp, seq, results }, oldest);
    executed.push({ client, timestamp, operations, results });
  }
  return executed;
}
