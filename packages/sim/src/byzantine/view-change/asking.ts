import type { SeqNum, SignedOf, View } from "@bft/core";
import type { PbftMessage, Status, ViewChange } from "@bft/core/pbft";
import { type LiarContext, ownSigned, type PbftBehaviour, type PbftEffect, signAs } from "../liar.js";

/** A liar that asks for a view each time it says where it stands, and is honest in all else. */
export function askingFor(context: LiarContext, view: (status: Status) => View): PbftBehaviour {
  return (_input, honest) =>
    honest.flatMap((effect) => {
      const signed = effect.kind === "broadcast" ? ownSigned(context, effect) : null;
      return signed?.kind === "status" ? [effect, request(context, view(signed.message))] : [effect];
    });
}

/** A valid view-change: nothing was ever stable or prepared here (§4.4). */
function request(context: LiarContext, newView: View): PbftEffect {
  const message: ViewChange = { kind: "view-change", newView, stableSeq: 0 as SeqNum, checkpoints: [], prepared: [] };
  return { kind: "broadcast", signed: signAs(context, message) as SignedOf<PbftMessage> };
}
