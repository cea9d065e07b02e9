import type { SeqNum } from "../ids.js";
import type { ExecutedRequest } from "../machine.js";
import { executeRequests } from "../replication/execution.js";
import { type RequestKey, requestKey } from "../replication/request-pool.js";
import type { Batch } from "./batch.js";
import { executedRecord } from "./records.js";
import { isToReply, reply } from "./request.js";
import type { ReplicaState } from "./state.js";

/**
 * §4.2: executes the next batch when it committed here, or elsewhere by proof, and everything below it was executed. One
 * batch a call, so that a checkpoint falls between two batches. False when there is nothing to execute.
 */
export function executeNext(r: ReplicaState): boolean {
  const seq = (r.lastExecuted + 1) as SeqNum;
  const committed = r.log.peek(seq)?.committed ?? null;
  if (committed === null) return false;
  const { batch, view, commits } = committed;
  // Not synchronised where it is prepared on this disk: a quorum wrote that down before its commits left, so it commits again, and
  // this replica answers no read before it has (request.ts).
  const prepared = r.log.peek(seq)?.certificate?.prePrepare.message.digest === batch.digest;
  r.persist(executedRecord(seq, view, batch.bytes, commits), { sync: !prepared });
  const late = lateRequests(r, batch);
  // Executed requests are forgotten, so before that.
  const repliedTo = repliedToIn(r, batch);
  const requests = executeBatch(r, seq, batch);
  // What came by proof says that this replica was behind, and nothing of the primary.
  if (prepared && view === r.view) r.pace = { executed: r.pace.executed + requests.length, late: r.pace.late + late };
  for (const request of requests) {
    const { client, timestamp, results } = request;
    if (repliedTo.has(requestKey(request))) reply(r, { client }, { timestamp, seq, results });
  }
  r.emit({ kind: "executed", seq, view, digest: batch.digest, requests });
  // Progress in this view: the timeouts start from their base again (§4.5.2).
  if (view === r.view) r.failedViews = 0;
  return true;
}

/** The requests of a batch that are not executed yet to which this replica is going to reply. */
function repliedToIn(r: ReplicaState, { requests }: Batch): ReadonlySet<RequestKey> {
  const repliedTo = new Set<RequestKey>();
  for (const { message } of requests) if (isToReply(r, message, requests.length)) repliedTo.add(requestKey(message));
  return repliedTo;
}

/** How many requests of the batch the primary was late with (slow-primary.ts). It is no judge of itself. */
function lateRequests(r: ReplicaState, batch: Batch): number {
  if (r.isPrimary || r.pool.size === 0) return 0;
  return batch.requests.filter(({ message }) => r.pool.isLate(requestKey(message))).length;
}

/** Changes the state: each request that was not executed before, in order. Also how recovery replays what it did. */
export function executeBatch(r: ReplicaState, seq: SeqNum, batch: Batch): readonly ExecutedRequest[] {
  const executed = executeRequests(
    r,
    seq,
    batch.requests.map(({ message }) => message),
  );
  r.lastExecuted = seq;
  if (batch.requests.length > 0) r.realBatches += 1;
  return executed;
}
