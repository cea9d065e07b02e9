import type { Effect, MessageBase, ReplicaId } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { LiarContext } from "../context.js";
import { Voice } from "../voice.js";
import { heard } from "./heard.js";
import type { Tongue } from "./tongue.js";

/** Votes for every candidate, also for two in one term or ballot, and acknowledges whatever each of them orders. */
export function doubleVote<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  return sayingYes(tongue, context, (message) => {
    const consent = tongue.consent(message);
    if (consent !== null) return [consent];
    return tongue.isLeaders(message) ? tongue.acknowledging(message) : null;
  });
}

/** Forgets what it promised with its vote: who led before is still acknowledged, and so there are two leaders. */
export function forgetVote<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  let highest = 0;
  return sayingYes(tongue, context, (message) => {
    const view = tongue.viewOf(message) ?? 0;
    const isOld = view < highest;
    highest = Math.max(highest, view);
    return isOld && tongue.isLeaders(message) ? tongue.acknowledging(message) : null;
  });
}

/**
 * Gives the answers of `yes` in place of its own to a message; null: its own. It never wants to lead itself: that would tell everybody
 * of a higher ballot or term.
 */
function sayingYes<M extends MessageBase>(
  tongue: Tongue<M>,
  context: LiarContext,
  yes: (message: M) => readonly M[] | null,
): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  return (input, honest) => {
    const word = heard(input);
    const lies = word === null ? null : yes(word.message);
    const rest = honest.filter((effect) => {
      const own = voice.said(effect)?.message ?? null;
      if (own === null) return true;
      return !tongue.isCandidacy(own) && (lies === null || word === null || !isTo(effect, word.from));
    });
    if (word === null || lies === null || lies.length === 0) return rest.length === honest.length ? honest : rest;
    return [...rest, ...lies.map((message) => voice.say(word.from, message))];
  };
}

function isTo<M extends MessageBase>(effect: Effect<M>, replica: ReplicaId): boolean {
  return effect.kind === "send" && effect.to === replica;
}
