import type { Effect, MessageBase, ReplicaId, SignedOf } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { LiarContext } from "../context.js";
import { Remembered } from "../remembered.js";
import { Voice } from "../voice.js";
import { Answers } from "./answers.js";
import { asked } from "./heard.js";
import { Leading } from "./leading.js";
import { unspoken } from "./shadow.js";
import type { Tongue } from "./tongue.js";

const TIMER = "lie: lead on";
/** Words that are said again: the last one to each replica. */
const WORDS_MAX = 256;

/**
 * Once it led it does not step down for a higher ballot or term: it says again what it said last, and answers clients out of the
 * state that it had then. Replicas know better by the number; a client does not.
 */
export function staleLeader<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  const leading = new Leading(tongue, voice);
  const answers = new Answers(voice);
  const words = new Remembered<ReplicaId, Effect<M>>(WORDS_MAX);
  return (input, honest) => {
    leading.observe(input, honest);
    if (leading.view === null || !leading.isDeposed) {
      answers.follow(honest);
      for (const effect of honest) {
        const own = voice.said(effect);
        if (own === null || !tongue.isLeaders(own.message)) continue;
        for (const to of voice.receivers(effect)) words.set(to, voice.pass(to, own as SignedOf<M>));
      }
      return honest;
    }
    const request = asked(input);
    const given = request === null ? [] : answers.give(request, leading.view);
    const again = input.kind === "timer-fired" && input.timer === TIMER ? words.values() : [];
    const delayMs = context.config.statusIntervalMs;
    return [...unspoken(honest), ...given, ...again, { kind: "start-timer", timer: TIMER, delayMs }];
  };
}
