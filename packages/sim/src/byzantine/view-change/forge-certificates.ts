import { type ReplicaId, replicaPrincipal, type SeqNum, type Signed, type View } from "@bft/core";
import {
  type Checkpoint,
  type Claimed,
  type ClaimedCertificate,
  claimOf,
  type PbftMessage,
  type PrePrepare,
  type Prepare,
  type ViewChange,
} from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, signAs } from "../liar.js";
import { falsifying } from "./false-view-change.js";
import { nullDigest, quorumOf } from "./new-view.js";

/**
 * Asks for the next view with certificates that it made up, its own signature under the names of others: that null requests
 * prepared, in the view just before, where something else did (P), or that a checkpoint is stable which nobody took (C) (§4.4).
 */
export function forgeCertificates(context: LiarContext): PbftBehaviour {
  return falsifying(context, (truth) =>
    context.random.chance(0.5) ? forgedPrepared(context, truth) : forgedStable(context, truth),
  );
}

function forgedPrepared(context: LiarContext, truth: ViewChange): ViewChange {
  const view = Math.max(0, truth.newView - 1) as View;
  const real = truth.prepared.map(({ prePrepare }) => prePrepare.message.seq);
  const seqs = real.length > 0 ? real : [(truth.stableSeq + 1) as SeqNum];
  return { ...truth, prepared: seqs.map((seq) => forgedCertificate(context, view, seq)) };
}

function forgedCertificate(context: LiarContext, view: View, seq: SeqNum): ClaimedCertificate {
  const { replicas } = context.config;
  const primary = view % replicas;
  const backups = Array.from({ length: quorumOf(context) - 1 }, (_, i) => (primary + 1 + i) % replicas);
  const digest = nullDigest(context);
  return {
    prePrepare: inTheNameOf<PrePrepare>(context, primary, { kind: "pre-prepare", view, seq, digest }),
    prepares: backups.map((id) => inTheNameOf<Prepare>(context, id, { kind: "prepare", view, seq, digest })),
  };
}

function forgedStable(context: LiarContext, truth: ViewChange): ViewChange {
  const stableSeq = (truth.stableSeq + context.config.checkpointInterval) as SeqNum;
  const stateDigest = nullDigest(context);
  const checkpoints = Array.from({ length: quorumOf(context) }, (_, id) =>
    inTheNameOf<Checkpoint>(context, id, { kind: "checkpoint", seq: stableSeq, stateDigest }),
  );
  return { ...truth, stableSeq, checkpoints, prepared: truth.prepared.filter((each) => each.prePrepare.message.seq > stableSeq) };
}

/** A message that another replica never signed. The liar has no key but its own, so that is the one it signs with. */
function inTheNameOf<M extends PbftMessage>(context: LiarContext, id: number, message: M): Claimed<M> {
  const signed: Signed<M> = signAs(context, message);
  return claimOf({ ...signed, signer: replicaPrincipal(id as ReplicaId) });
}
