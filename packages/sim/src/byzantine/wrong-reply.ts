import type { OperationResult } from "@bft/core";
import { type LiarContext, type PbftBehaviour, type PbftEffect, signAs } from "./liar.js";

/** Executes right and tells the client something else: why a client waits for f+1 equal replies (§4.1). */
export function wrongReply(context: LiarContext): PbftBehaviour {
  return (_input, honest) => honest.map((effect) => lie(context, effect));
}

function lie(context: LiarContext, effect: PbftEffect): PbftEffect {
  if (effect.kind !== "reply" || effect.signed.kind !== "reply") return effect;
  const { message } = effect.signed;
  const signed = signAs(context, { ...message, results: message.results.map(falsified) });
  return { ...effect, signed };
}

function falsified({ value }: OperationResult): OperationResult {
  return { ok: true, value: value === null ? "a lie" : `${value} (a lie)` };
}
