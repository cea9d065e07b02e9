import type { MessageBase, Signed } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { LiarContext } from "../context.js";
import { Voice } from "../voice.js";
import { Answers } from "./answers.js";
import { asked } from "./heard.js";
import { Leading } from "./leading.js";
import type { Tongue } from "./tongue.js";

/**
 * As leader it calls chosen what it has only just proposed: to the others in the same breath, and to the client before anybody else has
 * heard of it. When it is deposed then, what was executed or answered may be nowhere.
 */
export function commitEarly<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  const leading = new Leading(tongue, voice);
  const answers = new Answers(voice);
  const early = voice.telling((signed, to) => {
    const { message, attachment } = signed as Signed<M>;
    const word = tongue.committing(message);
    return word === null ? null : voice.sayTo(to, word, attachment);
  });
  return (input, honest) => {
    leading.observe(input, honest);
    answers.follow(honest);
    const request = asked(input);
    const leads = leading.view !== null && !leading.isDeposed ? leading.view : null;
    const given = request === null || leads === null ? [] : answers.give(request, leads);
    const told = early(input, honest);
    return given.length === 0 ? told : [...told, ...given];
  };
}
