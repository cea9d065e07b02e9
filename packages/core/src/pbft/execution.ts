import type { SeqNum, View } from "../ids.js";
import { InvariantError } from "../invariant.js";
import type { ExecutedRequest, OperationResult } from "../machine.js";
import { refused } from "../service.js";
import { isWireText, utf8Length } from "../wire/text.js";
import type { Batch } from "./batch.js";
import type { Claimed, Request } from "./messages.js";
import { executedRecord } from "./records.js";
import { reply } from "./request.js";
import { requestKey } from "./request-pool.js";
import type { ReplicaState } from "./state.js";

/** Bytes that all results of one request may take in the client table: a leaf of sixteen such fits into a message. */
const RESULTS_BYTES_MAX = 262_144;
/** What the engine throws by itself, in words that differ between its versions: only the name may become a result. */
const ENGINE_ERRORS = new Set(["TypeError", "RangeError", "ReferenceError", "SyntaxError", "URIError", "EvalError"]);

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
  let left = RESULTS_BYTES_MAX;
  return request.operations.map((operation) => {
    const result = executeOperation(r, seq, request, operation, left);
    left -= resultBytes(result.value);
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
  bytesMax: number,
): OperationResult {
  const before = r.store.snapshot();
  try {
    const { ok, value } = r.service.execute(r.serviceStore, operation, { client, seq });
    const problem = whyNoResult(value, bytesMax);
    if (problem === null) return { ok: ok === true, value };
    r.store.restore(before);
    return refused(problem);
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    r.store.restore(before);
    return refused(reasonOf(error));
  }
}

function whyNoResult(value: unknown, bytesMax: number): string | null {
  if (value === null) return null;
  if (typeof value !== "string") return "the service returned no result";
  if (!isWireText(value)) return "the result is not well-formed Unicode text, or begins with a byte order mark";
  const bytes = resultBytes(value);
  return bytes > bytesMax ? `the result takes ${bytes} bytes, more than the ${bytesMax} that are left for this request` : null;
}

/** As it will stand in the client table. */
function resultBytes(value: string | null): number {
  return value === null ? 0 : utf8Length(JSON.stringify(value));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "the service failed";
  const reason = ENGINE_ERRORS.has(error.name) ? error.name : `${error.name}: ${error.message}`;
  return isWireText(reason) ? reason.slice(0, 200).toWellFormed() : "the service failed";
}
