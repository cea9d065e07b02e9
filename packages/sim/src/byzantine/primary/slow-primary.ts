import { type LiarContext, ownSigned, type PbftBehaviour, type PbftEffect, slotName } from "../liar.js";
import { Remembered } from "../remembered.js";

/** Part of the view-change timeout that each proposal is held back for. */
const SLOWNESS = 0.8;
/** Proposals held back at one time; more than a pipeline holds. What is pushed out is never sent. */
const HELD_MAX = 64;
const TIMER = "lie: propose ";

/** Holds each proposal back until shortly before the backups would lose patience with it (§4.4). */
export function slowPrimary(context: LiarContext): PbftBehaviour {
  const held = new Remembered<string, PbftEffect>(HELD_MAX);
  const delayMs = Math.max(1, Math.floor(SLOWNESS * context.config.viewChangeTimeoutMs));

  const slowed = (effect: PbftEffect): readonly PbftEffect[] => {
    const signed = ownSigned(context, effect);
    if (signed?.kind !== "pre-prepare") return [effect];
    const timer = TIMER + slotName(signed.message);
    // Nobody gets early by retransmission what is still held back.
    if (effect.kind === "send") return held.has(timer) ? [] : [effect];
    held.set(timer, effect);
    return [{ kind: "start-timer", timer, delayMs }];
  };

  return (input, honest) => {
    const effects = honest.flatMap(slowed);
    const due = input.kind === "timer-fired" ? held.get(input.timer) : undefined;
    if (input.kind !== "timer-fired" || due === undefined) return effects;
    held.delete(input.timer);
    return [due, ...effects];
  };
}
