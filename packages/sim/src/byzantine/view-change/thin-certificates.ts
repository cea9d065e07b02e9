import type { SeqNum, View } from "@bft/core";
import { type Claimed, type ClaimedCertificate, claimOf, type PrePrepare, type Prepare, type ViewChange } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, signAs } from "../liar.js";
import { Remembered } from "../remembered.js";
import { falsifying } from "./false-view-change.js";
import { nullDigest, proposal } from "./new-view.js";

/**
 * Asks for the next view with certificates that are real and too small: a proposal that it got with its own prepare alone, or where
 * it was the primary, a proposal of its own for something else with no prepare at all. Every signature is good (§4.4).
 */
export function thinCertificates(context: LiarContext): PbftBehaviour {
  const proposals = new Remembered<number, Claimed<PrePrepare>>(2 * context.config.checkpointInterval);
  const lie = falsifying(context, (truth) => thin(context, truth, proposals.values()));
  return (input, honest) => {
    if (input.kind === "message" && input.signed.kind === "pre-prepare")
      proposals.set(input.signed.message.seq, claimOf(input.signed));
    return lie(input, honest);
  };
}

function thin(context: LiarContext, truth: ViewChange, proposals: readonly Claimed<PrePrepare>[]): ViewChange {
  const view = lastAsPrimary(context, truth.newView);
  if (view !== null && context.random.chance(0.5)) return { ...truth, prepared: ownProposals(context, truth, view) };
  const got = proposals
    .filter(({ message: { view: before, seq } }) => before < truth.newView && seq > truth.stableSeq)
    .sort((a, b) => a.message.seq - b.message.seq);
  return { ...truth, prepared: got.map((each) => withOwnPrepare(context, each)) };
}

function withOwnPrepare(context: LiarContext, prePrepare: Claimed<PrePrepare>): ClaimedCertificate {
  return { prePrepare, prepares: [claimOf(signAs<Prepare>(context, { ...prePrepare.message, kind: "prepare" }))] };
}

/** Null requests in the place of what prepared, or of what comes next. */
function ownProposals(context: LiarContext, { stableSeq, prepared }: ViewChange, view: View): readonly ClaimedCertificate[] {
  const there = prepared.map(({ prePrepare }) => prePrepare.message.seq);
  const seqs = there.length > 0 ? there : [1, 2].map((step) => (stableSeq + step) as SeqNum);
  return seqs.map((seq) => ({ prePrepare: proposal(context, view, seq, nullDigest(context)), prepares: [] }));
}

/** The last view before `newView` whose primary this replica was, or null. */
function lastAsPrimary({ config }: LiarContext, newView: View): View | null {
  const steps = (newView - 1 - config.self + config.replicas) % config.replicas;
  return newView - 1 - steps < 0 ? null : ((newView - 1 - steps) as View);
}
