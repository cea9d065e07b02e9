import type { View } from "@bft/core";
import type { LiarContext, PbftBehaviour } from "../liar.js";
import { askingFor } from "./asking.js";

/** Asks for the next view, then for the one after it, and so on, whatever the others do; from each new view on it begins anew. */
export function endlessViewChanges(context: LiarContext): PbftBehaviour {
  let from = 0 as View;
  let asked = 0;
  return askingFor(context, ({ view }) => {
    asked = view === from ? Math.min(asked + 1, Number.MAX_SAFE_INTEGER - view) : 1;
    from = view;
    return (view + asked) as View;
  });
}
