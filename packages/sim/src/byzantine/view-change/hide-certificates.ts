import type { SeqNum } from "@bft/core";
import type { ViewChange } from "@bft/core/pbft";
import type { LiarContext, PbftBehaviour } from "../liar.js";
import { falsifying } from "./false-view-change.js";

/** Asks for the next view and conceals what it knows: P is empty, or the last stable checkpoint is said to be 0 (§4.4). */
export function hideCertificates(context: LiarContext): PbftBehaviour {
  return falsifying(context, (truth) => {
    if (truth.prepared.length === 0 && truth.stableSeq === 0) return null;
    const choices = truth.stableSeq === 0 ? [withoutPrepared] : [withoutPrepared, withoutStable, withoutAll];
    return context.random.pick(choices)(truth, 2 * context.config.checkpointInterval);
  });
}

export function withoutPrepared(truth: ViewChange): ViewChange {
  return { ...truth, prepared: [] };
}

/** As if no checkpoint had ever been stable. Of P stays what is inside the window that goes with that: the message is valid. */
function withoutStable(truth: ViewChange, window: number): ViewChange {
  const prepared = truth.prepared.filter(({ prePrepare }) => prePrepare.message.seq <= window);
  return { ...truth, stableSeq: 0 as SeqNum, checkpoints: [], prepared };
}

function withoutAll(truth: ViewChange): ViewChange {
  return { ...truth, stableSeq: 0 as SeqNum, checkpoints: [], prepared: [] };
}
