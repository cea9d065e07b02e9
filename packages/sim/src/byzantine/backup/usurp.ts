import type { SeqNum, Signed } from "@bft/core";
import { makeBatch, type PrePrepare } from "@bft/core/pbft";
import { type LiarContext, others, type PbftBehaviour, type PbftInput, sendAll, signAs, slotName } from "../liar.js";
import { batchOf } from "../primary/proposing.js";
import { SecondBatches } from "../primary/second-batch.js";
import { Remembered } from "../remembered.js";

/** Proposals that are not answered twice when the primary sends them again. */
const ANSWERED_MAX = 64;

/**
 * A backup that proposes as if it were the primary: for each pre-prepare that it hears it signs one of its own in the same view, with
 * other requests that clients really signed, for the same sequence number or for the next one, which is still free. Only the
 * primary of the view may (§4.2).
 */
export function usurp(context: LiarContext): PbftBehaviour {
  const answered = new Remembered<string, true>(ANSWERED_MAX);
  const second = new SecondBatches();
  return (input, honest) => {
    const truth = primarysProposal(context, input);
    const batch = truth === null ? null : batchOf(truth);
    if (truth === null || batch === null || answered.has(slotName(truth.message))) return honest;
    answered.set(slotName(truth.message), true);
    const { view, seq } = truth.message;
    const { digest, bytes } = makeBatch(second.of(batch), context.ports);
    const step = context.random.below(2);
    const number = Math.min(seq + step, Number.MAX_SAFE_INTEGER) as SeqNum;
    const lie = signAs<PrePrepare>(context, { kind: "pre-prepare", view, seq: number, digest }, bytes);
    return [...honest, ...sendAll(others(context), lie)];
  };
}

/** What the primary of a view proposes in it; null from anybody else, so that two usurpers do not keep each other busy. */
function primarysProposal({ config }: LiarContext, input: PbftInput): Signed<PrePrepare> | null {
  if (input.kind !== "message" || input.signed.kind !== "pre-prepare") return null;
  const { signer, message } = input.signed;
  const isPrimarys = signer.role === "replica" && signer.id === message.view % config.replicas && signer.id !== config.self;
  return isPrimarys ? input.signed : null;
}
