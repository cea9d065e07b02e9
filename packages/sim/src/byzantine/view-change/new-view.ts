import { byzantineQuorums, type Digest, type SeqNum, type Signed, type View } from "@bft/core";
import { type Claimed, claimOf, makeBatch, type NewView, type PrePrepare, type ViewChange, type Vote } from "@bft/core/pbft";
import { type LiarContext, signAs } from "../liar.js";

/** A new-view with this V and the O that follows from it. */
export function newViewOf(context: LiarContext, view: View, viewChanges: readonly Claimed<ViewChange>[]): Signed<NewView> {
  const claims = viewChanges.map(({ message }) => message);
  const prePrepares = orderOf(context, claims).map(([seq, digest]) => proposal(context, view, seq, digest));
  return signAs<NewView>(context, { kind: "new-view", view, viewChanges, prePrepares });
}

/** A pre-prepare for O. */
export function proposal(context: LiarContext, view: View, seq: SeqNum, digest: Digest): Claimed<PrePrepare> {
  return claimOf(signAs<PrePrepare>(context, { kind: "pre-prepare", view, seq, digest }));
}

/** The digest of the null request's batch (§4.4). */
export function nullDigest({ ports }: LiarContext): Digest {
  return makeBatch([], ports).digest;
}

/** How many votes make a certificate. */
export function quorumOf({ config }: LiarContext): number {
  return byzantineQuorums(config.replicas, config.faults).quorum;
}

/** §4.4, the rules for O, as far as the window reaches. */
function orderOf(context: LiarContext, viewChanges: readonly ViewChange[]): readonly (readonly [SeqNum, Digest])[] {
  const low = Math.max(0, ...viewChanges.map(({ stableSeq }) => stableSeq));
  const high = low + 2 * context.config.checkpointInterval;
  const latest = new Map<number, Vote>();
  for (const { message } of viewChanges.flatMap(({ prepared }) => prepared.map(({ prePrepare }) => prePrepare)))
    if (message.seq > low && message.seq <= high && message.view > (latest.get(message.seq)?.view ?? -1))
      latest.set(message.seq, message);
  const last = Math.max(low, ...latest.keys());
  return Array.from({ length: last - low }, (_, i) => low + 1 + i).map((seq) => [
    seq as SeqNum,
    latest.get(seq)?.digest ?? nullDigest(context),
  ]);
}
