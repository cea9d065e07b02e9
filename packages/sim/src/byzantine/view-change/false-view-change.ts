import { type Claimed, claimOf, type NewView, type ViewChange } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, sendAll, signAs, telling } from "../liar.js";
import { newViewOf } from "./new-view.js";

/** What is said in place of a view-change; null: the truth, because there is nothing to lie about. */
export type Falsify = (truth: ViewChange) => ViewChange | null;

/**
 * A liar that lies in its view-changes, and as primary of the new view puts the lie into V, with the O that follows from it:
 * a lie in V alone would be seen through for its O, whatever V is worth (§4.4).
 */
export function falsifying(context: LiarContext, falsify: Falsify): PbftBehaviour {
  return telling(context, (signed, to) => {
    switch (signed.kind) {
      case "view-change": {
        const lie = falsify(signed.message);
        return lie === null ? null : sendAll(to, signAs(context, lie));
      }
      case "new-view": {
        const viewChanges = withOwn(context, signed.message, falsify);
        return viewChanges === null ? null : sendAll(to, newViewOf(context, signed.message.view, viewChanges));
      }
      default:
        return null;
    }
  });
}

/** V with the liar's own view-change replaced; null when that stays the truth. */
export function withOwn(context: LiarContext, { viewChanges }: NewView, falsify: Falsify): readonly Claimed<ViewChange>[] | null {
  const self: number = context.config.self;
  const own = viewChanges.find(({ signerId }) => signerId === self);
  const lie = own === undefined ? null : falsify(own.message);
  if (lie === null) return null;
  return viewChanges.map((claim) => (claim === own ? claimOf(signAs(context, lie)) : claim));
}
