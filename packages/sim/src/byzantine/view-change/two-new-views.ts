import type { NewView } from "@bft/core/pbft";
import { halves, type LiarContext, type PbftBehaviour, sendAll, telling } from "../liar.js";
import { withOwn } from "./false-view-change.js";
import { withoutPrepared } from "./hide-certificates.js";
import { newViewOf } from "./new-view.js";

/**
 * Starts one view twice: half of the replicas get the true new-view, half get one whose V holds a view-change of its own
 * without P, and the O that follows from that. Both are valid; where it alone knew what prepared, they differ in O (§4.4).
 */
export function twoNewViews(context: LiarContext): PbftBehaviour {
  const [first, second] = halves(context);
  return telling(context, (signed, to) => {
    if (signed.kind !== "new-view") return null;
    const other = otherNewView(context, signed.message);
    return [
      ...sendAll(
        to.filter((id) => first.includes(id)),
        signed,
      ),
      ...sendAll(
        to.filter((id) => second.includes(id)),
        other,
      ),
    ];
  });
}

/** V the other way round, so that the two differ also when there is nothing to hide. */
function otherNewView(context: LiarContext, truth: NewView): ReturnType<typeof newViewOf> {
  const viewChanges = withOwn(context, truth, withoutPrepared) ?? truth.viewChanges;
  return newViewOf(context, truth.view, [...viewChanges].reverse());
}
