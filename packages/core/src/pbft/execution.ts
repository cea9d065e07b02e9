import type { SeqNum, View } from "../ids.js";
import type { ExecutedRequest, OperationResult } from "../machine.js";
import { refused } from "../service.js";
import type { Batch } from "./batch.js";
import type { Claimed, Request } from "./messages.js";
import { executedRecord } from "./records.js";
import { reply } from "./request.js";
import { requestKey } from "./request-pool.js";
import type { ReplicaState } from "./state.js";

/** Text that all results of one request may hold together, in UTF-16 code units. */
const RESULTS_LENGTH_MAX = 131_072;

/**
 * §4.2: executes the next batch when it committed here, or elsewhere by proof, and everything below it was executed. One
 * batch a call, so that a checkpoint falls between two batches. False when there is nothing to execute.
 */
export function executeNext(r: ReplicaState): boolean {
  const seq = (r.lastExecuted + 1) as SeqNum;
  const committed = r.log.peek(seq)?.committed ?? null;
  if (committed === null) return false;
  const { batch, view, commits } = committed;
  r.persist(executedRecord(seq, view, batch.bytes, commits));
  const requests = executeBatch(r, seq, batch);
  for (const { client, timestamp, results } of requests) reply(r, { client }, { timestamp, seq, results });
  r.emit({ kind: "executed", seq, view, digest: batch.digest, requests });
  // Progress in this view: the timeouts start from their base again (§4.5.2).
  if (view === r.view) r.failedViews = 0;
  return true;
}

/** Changes the state: each request that was not executed before, in order. Also how recovery replays what it did. */
export function executeBatch(r: ReplicaState, seq: SeqNum, batch: Batch): readonly ExecutedRequest[] {
  const executed: ExecutedRequest[] = [];
  for (const { message } of batch.requests) {
    r.pool.remove(requestKey(message));
    if (r.clients.executed(message.client, message.timestamp)) continue;
    const results = executeRequest(r, seq, message);
    r.clients.record(message.client, { timestamp: message.timestamp, seq, results });
    executed.push({ client: message.client, timestamp: message.timestamp, operations: message.operations, results });
  }
  r.lastExecuted = seq;
  return executed;
}

function executeRequest(r: ReplicaState, seq: SeqNum, request: Claimed<Request>["message"]): readonly OperationResult[] {
  let left = RESULTS_LENGTH_MAX;
  return request.operations.map((operation) => {
    const result = executeOperation(r, seq, request, operation, left);
    left -= result.value?.length ?? 0;
    return result;
  });
}

/**
 * One operation of the service. Whatever it throws is a failed result, equal on every correct replica, and leaves no trace
 * in the state: a user's mistake never stops a replica.
 */
function executeOperation(
  r: ReplicaState,
  seq: SeqNum,
  { client }: Request,
  operation: string,
  lengthMax: number,
): OperationResult {
  const before = r.store.snapshot();
  try {
    const { ok, value } = r.service.execute(r.serviceStore, operation, { client, seq });
    if (value !== null && value.length > lengthMax) {
      r.store.restore(before);
      return refused(`the result has ${value.length} characters, more than the ${lengthMax} that are left for this request`);
    }
    return { ok, value: value?.toWellFormed() ?? null };
  } catch (error) {
    r.store.restore(before);
    return refused(error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200).toWellFormed() : "the service failed");
  }
}
