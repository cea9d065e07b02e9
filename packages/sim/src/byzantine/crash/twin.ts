import type { Effect, Input, MessageBase, ReplicaId } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import { halves, type LiarContext } from "../context.js";
import { Voice } from "../voice.js";
import { heard } from "./heard.js";
import { Shadow, unspoken } from "./shadow.js";
import type { Tongue } from "./tongue.js";

/**
 * Two replicas with one key, each honest by itself: one hears and speaks to one half of the others, the other one to the other half. Each
 * half and its twin are a majority.
 */
export function twin<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  const twins = halves(context).map((half, index) => ({ half, shadow: new Shadow(tongue, context, `twin ${index}`) }));
  return (input, honest) => [
    ...unspoken(honest),
    ...twins.flatMap(({ half, shadow }) =>
      hears(half, input) ? shadow.step(input).flatMap((effect) => toHalf(voice, effect, half)) : [],
    ),
  ];
}

/** Clients are heard by both. */
function hears<M extends MessageBase>(half: readonly ReplicaId[], input: Input<M>): boolean {
  if (input.kind === "message" && input.via.role === "replica" && !half.includes(input.via.id)) return false;
  const word = heard(input);
  return word === null || half.includes(word.from);
}

function toHalf<M extends MessageBase>(voice: Voice<M>, effect: Effect<M>, half: readonly ReplicaId[]): readonly Effect<M>[] {
  if (effect.kind !== "send" && effect.kind !== "broadcast") return [effect];
  const to = voice.receivers(effect).filter((replica) => half.includes(replica));
  return to.map((replica) => voice.pass(replica, effect.signed));
}
