import type { Timestamp } from "@bft/core";
import { type LiarContext, ownSigned, type PbftBehaviour, signAs } from "../liar.js";

/** Gives the result of one request as the answer to the request before or after it: why a reply names its timestamp (§4.1). */
export function wrongTimestamp(context: LiarContext): PbftBehaviour {
  return (_input, honest) =>
    honest.map((effect) => {
      const signed = effect.kind === "reply" ? ownSigned(context, effect) : null;
      if (effect.kind !== "reply" || signed?.kind !== "reply") return effect;
      const timestamp = neighbour(context, signed.message.timestamp);
      return { kind: "reply", to: effect.to, signed: signAs(context, { ...signed.message, timestamp }) };
    });
}

function neighbour({ random }: LiarContext, timestamp: Timestamp): Timestamp {
  const later = timestamp === 0 || (timestamp < Number.MAX_SAFE_INTEGER && random.chance(0.5));
  return (later ? timestamp + 1 : timestamp - 1) as Timestamp;
}
