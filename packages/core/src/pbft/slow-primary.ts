import type { SeqNum, View } from "../ids.js";
import { NO_PACE, type ReplicaState } from "./state.js";
import { startViewChange } from "./view-change.js";

/**
 * We differ: by §4.4 a primary is deposed only when a request waits for a whole timeout, so one that proposes each just before that is kept
 * for ever, and serves as slowly as the timeout allows. Aardvark (NSDI '09, §5.2) asks for a minimum throughput, compared with earlier
 * primaries. Ours asks the clients: who gets no answer in time asks everybody, so a backup that holds a request for two status intervals in
 * a row in which nothing at all was proposed or executed knows that its primary could have proposed it. When most requests were late like
 * that, the backup asks for the next view.
 *
 * A cluster that is merely overloaded executes one batch after the other, and so does one on slow links. Where most are late nevertheless, whoever is
 * primary, each deposition doubles the number of requests that the next primary is judged by, and each good judgement halves it.
 */

/** Requests by which a primary is judged. */
const REQUESTS_JUDGED = 16;
const DOUBLINGS_MAX = 10;
/** A primary is slow when this share of them was late. */
const LATE_SHARE = 0.75;

/** At each status timer: another interval for those that wait, and the judgement when enough was executed. */
export function judgePrimary(r: ReplicaState): void {
  if (!r.inView || r.isPrimary || r.abstention !== null) return;
  const next = r.log.peek((r.lastExecuted + 1) as SeqNum);
  const underWay = next !== null && next.prePrepare !== null;
  r.pool.age(!underWay && r.lastExecuted === r.executedAtLastStatus);
  const { executed, late } = r.pace;
  if (executed < REQUESTS_JUDGED * 2 ** Math.min(r.slowPrimaries, DOUBLINGS_MAX)) return;
  r.pace = NO_PACE;
  if (late < LATE_SHARE * executed) {
    r.slowPrimaries = Math.max(0, r.slowPrimaries - 1);
    return;
  }
  r.slowPrimaries += 1;
  const because = `replica ${r.primary} was slow to propose ${late} of the last ${executed} requests, and proposed nothing else meanwhile`;
  startViewChange(r, (r.view + 1) as View, because);
}
