import { type LiarContext, type PbftBehaviour, telling } from "../liar.js";

/** Votes like an honest backup, and proposes nothing while it is primary: neither batches nor a new view. */
export function silentPrimary(context: LiarContext): PbftBehaviour {
  return telling(context, ({ kind }) => (kind === "pre-prepare" || kind === "new-view" ? [] : null));
}
