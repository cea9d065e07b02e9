import type { PbftSigned } from "@bft/core/pbft";
import { type LiarContext, others, ownSigned, type PbftBehaviour, type PbftEffect, send } from "../liar.js";

/** Messages that are kept for later, each in a place drawn for it: so some are very old. */
const KEPT_MAX = 64;
/** Below one replay for each message that comes: two such liars do not keep each other busy for ever. */
const CHANCE = 0.4;

/** Sends again what it and others said long ago, in whatever view that was, to whom it was not meant for. */
export function staleReplay(context: LiarContext): PbftBehaviour {
  const kept: PbftSigned[] = [];
  const keep = (signed: PbftSigned): void => {
    if (kept.length < KEPT_MAX) kept.push(signed);
    else if (context.random.chance(0.1)) kept[context.random.below(KEPT_MAX)] = signed;
  };
  const replay = (): readonly PbftEffect[] => {
    if (kept.length === 0 || !context.random.chance(CHANCE)) return [];
    return [send(context.random.pick(others(context)), context.random.pick(kept))];
  };
  return (input, honest) => {
    if (input.kind === "message") keep(input.signed);
    for (const effect of honest) {
      const own = ownSigned(context, effect);
      if (own !== null) keep(own);
    }
    return [...honest, ...replay()];
  };
}
