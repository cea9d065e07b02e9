import type { SeqNum } from "@bft/core";
import {
  type Checkpoint,
  type Claimed,
  type ClaimedCertificate,
  claimOf,
  type PrePrepare,
  type Prepare,
  type ViewChange,
} from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, type PbftInput, signAs } from "../liar.js";
import { Remembered } from "../remembered.js";
import { falsifying } from "./false-view-change.js";
import { nullDigest, quorumOf } from "./new-view.js";

type Proposals = Remembered<number, Claimed<PrePrepare>>;

/**
 * Asks for the next view with certificates in which its own vote stands as often as a quorum needs: that everything it was
 * proposed has prepared (P), or that a checkpoint is stable which nobody else took (C). All signatures are good (§4.4).
 */
export function duplicateSigner(context: LiarContext): PbftBehaviour {
  const proposals: Proposals = new Remembered(2 * context.config.checkpointInterval);
  const lie = falsifying(
    context,
    (truth) => (context.random.chance(0.5) ? prepared(context, truth, proposals) : null) ?? stable(context, truth),
  );
  return (input, honest) => {
    remember(proposals, input);
    return lie(input, honest);
  };
}

function remember(proposals: Proposals, input: PbftInput): void {
  if (input.kind !== "message" || input.signed.kind !== "pre-prepare") return;
  proposals.set(input.signed.message.seq, claimOf(input.signed));
}

/** A certificate for each proposal that it can have; null without any. */
function prepared(context: LiarContext, truth: ViewChange, proposals: Proposals): ViewChange | null {
  const certificates = proposals
    .values()
    .filter(({ message: { view, seq } }) => view < truth.newView && seq > truth.stableSeq)
    .sort((a, b) => a.message.seq - b.message.seq)
    .map((proposal) => certificate(context, proposal));
  return certificates.length === 0 ? null : { ...truth, prepared: certificates };
}

function certificate(context: LiarContext, prePrepare: Claimed<PrePrepare>): ClaimedCertificate {
  const own = claimOf(signAs<Prepare>(context, { ...prePrepare.message, kind: "prepare" }));
  return { prePrepare, prepares: Array.from({ length: quorumOf(context) - 1 }, () => own) };
}

function stable(context: LiarContext, truth: ViewChange): ViewChange {
  const stableSeq = (truth.stableSeq + context.config.checkpointInterval) as SeqNum;
  const own = claimOf(signAs<Checkpoint>(context, { kind: "checkpoint", seq: stableSeq, stateDigest: nullDigest(context) }));
  return { ...truth, stableSeq, checkpoints: Array.from({ length: quorumOf(context) }, () => own), prepared: [] };
}
