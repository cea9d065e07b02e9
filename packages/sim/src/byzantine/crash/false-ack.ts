import type { MessageBase, Signed, SignedOf } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { LiarContext } from "../context.js";
import { Voice } from "../voice.js";
import { heard } from "./heard.js";
import { Shadow, unspoken } from "./shadow.js";
import type { Tongue } from "./tongue.js";

/**
 * Acknowledges everything that a leader asks it to accept, and accepts none of it: inside is a replica that is never told a value. The
 * leader counts it, answers its client, and stops; who leads then with the liar's vote has never heard of what was chosen.
 */
export function falseAck<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  const shadow = new Shadow(tongue, context, "hollow");
  return (input, honest) => {
    const word = heard(input);
    if (input.kind !== "message" || word === null || !tongue.isLeaders(word.message))
      return [...unspoken(honest), ...shadow.step(input)];
    const yes = tongue.acknowledging(word.message).map((message) => voice.say(word.from, message));
    const message = tongue.hollow(word.message);
    if (message === null) return [...unspoken(honest), ...yes];
    const signed = { ...(input.signed as Signed<M>), kind: message.kind, message } as unknown as SignedOf<M>;
    const said = shadow.step({ ...input, signed });
    // What the hollow replica would say of what it has would show how little that is.
    const rest = said.filter((effect) => effect.kind !== "send" || voice.own(effect) === null);
    return [...unspoken(honest), ...rest, ...yes];
  };
}
