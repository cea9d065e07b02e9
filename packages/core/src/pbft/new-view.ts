import type { Digest, ReplicaId, SeqNum, View } from "../ids.js";
import type { Signed } from "../machine.js";
import { primaryOf } from "../quorum.js";
import { type Checker, checkCheckpoints, checkPrepared, prove, signedBy } from "./certificates.js";
import type { DropReason } from "./drop-reason.js";
import type { Claimed, NewView, PrePrepare, ViewChange } from "./messages.js";

/** What the new view starts from, computed from V alone, so that every replica comes to the same (§4.4). */
export interface NewViewPlan {
  /** min-s: the latest stable checkpoint in V. */
  readonly minSeq: SeqNum;
  /** max-s: the highest sequence number in any prepared certificate in V, at least min-s. */
  readonly maxSeq: SeqNum;
  /** For each sequence number from min-s + 1 to max-s the digest to pre-prepare; the null batch's in a gap. */
  readonly digests: readonly { readonly seq: SeqNum; readonly digest: Digest }[];
  /** A view-change in V whose C proves min-s. */
  readonly proofOfMin: ViewChange;
}

/** §4.4, the rules for O. `viewChanges` is V: valid, for one view, at least one. */
export function planNewView(viewChanges: readonly ViewChange[], nullDigest: Digest): NewViewPlan {
  const proofOfMin = viewChanges.reduce((best, each) => (each.stableSeq > best.stableSeq ? each : best));
  const minSeq = proofOfMin.stableSeq;
  /** Per sequence number the certificate of the highest view (§4.4, rule 1 for O). */
  const chosen = new Map<SeqNum, PrePrepare>();
  let maxSeq = minSeq;
  for (const { prepared } of viewChanges) {
    for (const { prePrepare } of prepared) {
      const { seq, view } = prePrepare.message;
      if (seq <= minSeq) continue;
      const best = chosen.get(seq);
      if (best === undefined || view > best.view) chosen.set(seq, prePrepare.message);
      if (seq > maxSeq) maxSeq = seq;
    }
  }
  const digests: { seq: SeqNum; digest: Digest }[] = [];
  for (let seq = minSeq + 1; seq <= maxSeq; seq++)
    digests.push({ seq: seq as SeqNum, digest: chosen.get(seq as SeqNum)?.digest ?? nullDigest });
  return { minSeq, maxSeq, digests, proofOfMin };
}

/**
 * A view-change is valid when C proves its stable checkpoint and P holds, in order and inside the window, prepared
 * certificates of earlier views (§4.4). Null when it is.
 */
export function whyNotValid(message: ViewChange, window: number, checker: Checker): DropReason | null {
  const { newView, stableSeq, checkpoints, prepared } = message;
  if (stableSeq === 0) {
    if (checkpoints.length > 0) return "view-change-bad-checkpoints";
  } else if (checkCheckpoints(checkpoints, checker)?.seq !== stableSeq) return "view-change-bad-checkpoints";
  let last = stableSeq;
  for (const { prePrepare } of prepared) {
    const { seq, view } = prePrepare.message;
    if (seq <= last || seq > stableSeq + window) return "view-change-out-of-order";
    if (view >= newView) return "view-change-bad-certificate";
    last = seq;
  }
  for (const certificate of prepared) if (checkPrepared(certificate, checker) === null) return "view-change-bad-certificate";
  return null;
}

/** A new-view that proved right: what it plans, and O as the primary signed it. */
export interface CheckedNewView {
  readonly plan: NewViewPlan;
  readonly prePrepares: readonly Signed<PrePrepare>[];
}

/**
 * §4.4: a backup accepts a new-view when its V is a quorum of valid view-changes for the view and O is what the backup
 * computes from V itself, signed by the primary. `isKnown` tells a view-change that was checked before.
 */
export function checkNewView(
  message: NewView,
  nullDigest: Digest,
  window: number,
  checker: Checker,
  isKnown: (claim: Claimed<ViewChange>) => boolean,
): CheckedNewView | DropReason {
  const { view, viewChanges, prePrepares } = message;
  const signers = new Set(viewChanges.map(({ signerId }) => signerId));
  if (signers.size !== viewChanges.length || signers.size < checker.system.quorum) return "new-view-not-a-quorum";
  if (!viewChanges.every((claim) => claim.message.newView === view)) return "new-view-bad-view-change";
  for (const claim of viewChanges) {
    if (isKnown(claim)) continue;
    if (prove(claim, checker) === null || whyNotValid(claim.message, window, checker) !== null) return "new-view-bad-view-change";
  }
  const plan = planNewView(
    viewChanges.map((claim) => claim.message),
    nullDigest,
  );
  const proven = checkPrePrepares(prePrepares, plan, view, checker);
  return proven === null ? "new-view-wrong-pre-prepares" : { plan, prePrepares: proven };
}

/** O must be exactly the plan's pre-prepares, in order, signed by the primary of the new view. */
function checkPrePrepares(
  claims: readonly Claimed<PrePrepare>[],
  plan: NewViewPlan,
  view: View,
  checker: Checker,
): readonly Signed<PrePrepare>[] | null {
  if (claims.length !== plan.digests.length) return null;
  const primary: ReplicaId = primaryOf(view, checker.system);
  const proven: Signed<PrePrepare>[] = [];
  for (const [index, claim] of claims.entries()) {
    const expected = plan.digests[index];
    const { message } = claim;
    if (claim.signerId !== primary || message.view !== view) return null;
    if (message.seq !== expected?.seq || message.digest !== expected.digest) return null;
    const signed = prove(claim, checker);
    if (signed === null) return null;
    proven.push(signed);
  }
  return proven;
}

/** O of a new-view that was checked when it was accepted, read back from our own log. */
export function trustedPrePrepares(message: NewView, primary: ReplicaId): readonly Signed<PrePrepare>[] {
  return message.prePrepares.map((claim) => signedBy(claim, { role: "replica", id: primary }));
}
