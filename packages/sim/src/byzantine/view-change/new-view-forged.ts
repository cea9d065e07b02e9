import { type Claimed, claimOf, type ViewChange } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, sendAll, signAs, telling } from "../liar.js";
import { withoutPrepared } from "./hide-certificates.js";
import { newViewOf, quorumOf } from "./new-view.js";

/**
 * Starts the view of which it is the next primary as soon as it asks for it, on its own word: V is its own view-change, with or without
 * what prepared, under the names of others or as often as a quorum needs. O follows from that V, so V alone is wrong (§4.4).
 */
export function newViewForged(context: LiarContext): PbftBehaviour {
  const { replicas, self } = context.config;
  return telling(context, (signed, to) => {
    if (signed.kind !== "view-change" || signed.message.newView % replicas !== self) return null;
    const own = context.random.chance(0.5) ? signed : signAs(context, withoutPrepared(signed.message));
    const lie = newViewOf(context, signed.message.newView, forgedQuorum(context, claimOf(own)));
    return [...sendAll(to, signed), ...sendAll(to, lie)];
  });
}

/** All with the liar's own signature: it has no other key. */
function forgedQuorum(context: LiarContext, own: Claimed<ViewChange>): readonly Claimed<ViewChange>[] {
  const underOtherNames = context.random.chance(0.5);
  return Array.from({ length: quorumOf(context) }, (_, i) =>
    underOtherNames ? { ...own, signerId: (own.signerId + i) % context.config.replicas } : own,
  );
}
