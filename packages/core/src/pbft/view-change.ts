import { bytesEqual } from "../bytes.js";
import type { ReplicaId, SeqNum, View } from "../ids.js";
import type { Signed } from "../machine.js";
import { primaryOf } from "../quorum.js";
import { requestKey } from "../replication/request-pool.js";
import { checkCheckpoints } from "./certificates.js";
import { noteStable } from "./checkpoint.js";
import type { DropReason } from "./drop-reason.js";
import { type Claimed, claimOf, type NewView, type PrePrepare, type ViewChange } from "./messages.js";
import { checkNewView, type NewViewPlan, planNewView, whyNotValid } from "./new-view.js";
import { acceptProposals } from "./proposals.js";
import { newViewRecord, viewChangeRecord } from "./records.js";
import { relayToPrimary } from "./request.js";
import { fetchMissingBatches } from "./retransmission.js";
import { NO_PACE, type ReplicaState } from "./state.js";

export const VIEW_CHANGE_TIMER = "view-change";

/** The timeout stops doubling here: 2^10 times the base. */
const DOUBLINGS_MAX = 10;

/** Doubles for each view change in a row that brought no progress (§4.4). */
function timeoutMs(r: ReplicaState): number {
  return r.config.viewChangeTimeoutMs * 2 ** Math.min(Math.max(r.failedViews - 1, 0), DOUBLINGS_MAX);
}

/**
 * §4.4: a backup's timer runs while it waits for a request to execute; in a view change it runs from the moment a quorum
 * wants the new view.
 *
 * We differ: the paper restarts the timer at each execution while other requests wait; ours runs for the request that has
 * waited longest, because otherwise a primary that leaves out one client and serves the rest would never be deposed.
 */
export function adjustTimer(r: ReplicaState): void {
  const wanted = waitsFor(r);
  if (wanted === r.timedFor) return;
  r.timedFor = wanted;
  if (wanted === null) r.emit({ kind: "cancel-timer", timer: VIEW_CHANGE_TIMER });
  else r.emit({ kind: "start-timer", timer: VIEW_CHANGE_TIMER, delayMs: timeoutMs(r) });
}

/** What the view-change timer should run for now; null when there is nothing to wait for. */
function waitsFor(r: ReplicaState): ReplicaState["timedFor"] {
  if (r.abstention !== null) return null;
  if (r.inView) return r.isPrimary ? null : (r.pool.oldest() ?? nextNull(r));
  // All that are kept want this view or a later one: who has moved on has left the old view too.
  return r.viewChanges.size >= r.config.system.quorum ? `new-view ${r.view}` : null;
}

/**
 * A null request that comes next and was proposed. A client's request is timed because the client asks everybody again; for this
 * one nobody asks, and yet somebody who abstains may wait for what it leads to.
 */
function nextNull(r: ReplicaState): `null ${number}` | null {
  const seq = (r.lastExecuted + 1) as SeqNum;
  return r.log.peek(seq)?.prePrepare?.message.digest === r.nullBatch.digest ? `null ${seq}` : null;
}

/** §4.4: the timer expired: ask for the next view. */
export function onViewChangeTimer(r: ReplicaState): void {
  const waitedFor = r.timedFor;
  r.timedFor = null;
  forgetExecuted(r);
  if (waitedFor === null || (r.inView && waitsFor(r) !== waitedFor)) return;
  // Who is behind waits for what the others have executed long ago: that is not the primary's fault. The timer starts anew.
  if (r.inView && (r.ahead !== null || r.transfer !== null)) return;
  const because = !r.inView
    ? `no new-view from replica ${r.primary} within ${timeoutMs(r)} ms`
    : `${waitedFor.startsWith("null ") ? "the null request" : `request ${waitedFor}`} was not executed within ${timeoutMs(r)} ms`;
  startViewChange(r, (r.view + 1) as View, because);
}

/** A request that its client's later ones have pushed below the floor counts as executed: nobody is to blame for it. */
function forgetExecuted(r: ReplicaState): void {
  for (const { message } of r.pool.requests())
    if (r.state.clients.executed(message.client, message.timestamp)) r.pool.remove(requestKey(message));
}

/** §4.4: <VIEW-CHANGE, v+1, n, C, P, i>. From here on nothing is accepted in the old view. */
export function startViewChange(r: ReplicaState, target: View, because: string): void {
  r.view = target;
  r.inView = false;
  r.newView = null;
  r.proposals = [];
  r.failedViews += 1;
  r.log.clearVotes();
  const prepared = r.log
    .slots()
    .flatMap(({ seq, certificate }) => (certificate !== null && seq > r.stable.seq ? [certificate] : []));
  const signed = r.sign<ViewChange>({
    kind: "view-change",
    newView: target,
    stableSeq: r.stable.seq,
    checkpoints: r.stable.certificate.map(claimOf),
    prepared: prepared.map(({ prePrepare, prepares }) => ({ prePrepare: claimOf(prePrepare), prepares: prepares.map(claimOf) })),
  });
  r.persist(viewChangeRecord(signed));
  r.viewChanges.set(r.self, signed);
  for (const [replica, each] of r.viewChanges) if (each.message.newView < target) r.viewChanges.delete(replica);
  r.broadcast(signed);
  r.emit({ kind: "view-change-started", view: target, because });
}

export function reasonToDropViewChange(r: ReplicaState, from: ReplicaId, message: ViewChange): DropReason | null {
  if (message.newView < r.view || (message.newView === r.view && r.inView)) return "view-old";
  const earlier = r.viewChanges.get(from)?.message;
  if (earlier === undefined || earlier.newView < message.newView) return null;
  return earlier.newView === message.newView ? "duplicate" : "view-old";
}

/** Keeps the latest valid view-change of each replica, so a liar can make us keep one, however many views it names. */
export function onViewChange(r: ReplicaState, from: ReplicaId, signed: Signed<ViewChange>): void {
  const reason = whyNotValid(signed.message, r.config.window, { system: r.config.system, ports: r.ports });
  if (reason !== null) return r.drop(signed.signer, "view-change", reason);
  r.viewChanges.set(from, signed);
  joinViewChange(r);
}

/** §4.5.2: f+1 replicas want later views, so a correct one does: join the smallest of them, timer or not. */
function joinViewChange(r: ReplicaState): void {
  if (r.abstention !== null) return;
  const later = [...r.viewChanges.values()].map(({ message }) => message.newView).filter((view) => view > r.view);
  if (later.length < r.config.system.weakQuorum) return;
  const smallest = Math.min(...later) as View;
  startViewChange(r, smallest, `${later.length} replicas ask for view ${smallest} or later`);
}

/** §4.4: the primary of the view moved to, with a quorum of view-changes for it, announces it. */
export function announceNewView(r: ReplicaState): void {
  if (r.inView || !r.isPrimary || r.abstention !== null) return;
  const votes = votesFor(r, r.view);
  if (votes.length < r.config.system.quorum) return;
  const plan = planNewView(
    votes.map(({ message }) => message),
    r.nullBatch.digest,
  );
  const prePrepares = plan.digests.map(({ seq, digest }) =>
    r.sign<PrePrepare>({ kind: "pre-prepare", view: r.view, seq, digest }),
  );
  const signed = r.sign<NewView>({
    kind: "new-view",
    view: r.view,
    viewChanges: votes.map(claimOf),
    prePrepares: prePrepares.map(claimOf),
  });
  r.persist(newViewRecord(signed));
  r.broadcast(signed);
  enterView(r, signed, plan, prePrepares);
}

/** The view-changes for `view`, in order of replica. */
function votesFor(r: ReplicaState, view: View): readonly Signed<ViewChange>[] {
  return [...r.viewChanges]
    .filter(([, { message }]) => message.newView === view)
    .sort(([a], [b]) => a - b)
    .map(([, signed]) => signed);
}

export function reasonToDropNewView(r: ReplicaState, from: ReplicaId, message: NewView): DropReason | null {
  if (message.view < r.view || (message.view === r.view && r.inView)) return "view-old";
  return from === primaryOf(message.view, r.config.system) ? null : "new-view-not-from-primary";
}

/** §4.4: checks V and recomputes O; a new-view that is right in all is entered, also by a replica that did not ask for it. */
export function onNewView(r: ReplicaState, signed: Signed<NewView>): void {
  // Equal payloads are not enough: two replicas may say the same, and each signs for itself.
  const isKnown = (claim: Claimed<ViewChange>) => {
    const known = r.viewChanges.get(claim.signerId as ReplicaId);
    return known !== undefined && bytesEqual(known.payload, claim.payload) && bytesEqual(known.signature, claim.signature);
  };
  const checker = { system: r.config.system, ports: r.ports };
  const checked = checkNewView(signed.message, r.nullBatch.digest, r.config.window, checker, isKnown);
  if (typeof checked === "string") return r.drop(signed.signer, "new-view", checked);
  r.persist(newViewRecord(signed));
  enterView(r, signed, checked.plan, checked.prePrepares);
}

/** Starts the view: min-s becomes stable, O's pre-prepares are accepted, whatever is missing is fetched (§4.4). */
function enterView(
  r: ReplicaState,
  signed: Signed<NewView>,
  plan: NewViewPlan,
  prePrepares: readonly Signed<PrePrepare>[],
): void {
  const proof = checkCheckpoints(plan.proofOfMin.checkpoints, { system: r.config.system, ports: r.ports });
  if (proof !== null) noteStable(r, proof);
  installNewView(r, signed, plan.maxSeq, prePrepares);
  r.emit({ kind: "view-entered", view: r.view, primary: r.primary });
  for (const request of [...r.pool.requests()].slice(0, r.config.batchOperationsMax)) relayToPrimary(r, request);
  fetchMissingBatches(r);
}

/** The change of state alone: also how recovery returns to the view it was in. */
export function installNewView(
  r: ReplicaState,
  signed: Signed<NewView>,
  maxSeq: SeqNum,
  prePrepares: readonly Signed<PrePrepare>[],
): void {
  // Votes for this very view may have come before its new-view: they stay.
  if (r.view !== signed.message.view) r.log.clearVotes();
  r.view = signed.message.view;
  r.inView = true;
  r.newView = signed;
  for (const [replica, { message }] of r.viewChanges) if (message.newView <= r.view) r.viewChanges.delete(replica);
  r.pool.clearProposed();
  r.pace = NO_PACE;
  r.proposals = prePrepares;
  acceptProposals(r);
  r.lastAssigned = Math.max(maxSeq, r.lastExecuted) as SeqNum;
}
