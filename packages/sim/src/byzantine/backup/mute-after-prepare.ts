import type { PbftMessage } from "@bft/core/pbft";
import { type LiarContext, ownSigned, type PbftBehaviour } from "../liar.js";

/** What comes after the first of the two rounds of votes. */
const LATER: ReadonlySet<PbftMessage["kind"]> = new Set(["commit", "reply", "checkpoint", "committed"]);

/** Takes part until it has prepared, then says nothing more of that slot: no commit, no reply, no checkpoint. */
export function muteAfterPrepare(context: LiarContext): PbftBehaviour {
  return (_input, honest) =>
    honest.filter((effect) => {
      const signed = ownSigned(context, effect);
      return signed === null || !LATER.has(signed.kind);
    });
}
