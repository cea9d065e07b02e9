import type { Effect, MessageBase, OperationResult, Reply, Signed, SignedOf } from "@bft/core";
import type { Behaviour } from "../protocols/protocol.js";
import type { Voice } from "./voice.js";

/** Executes right and tells the client something else: why a client waits for f+1 equal replies (§4.1). */
export function wrongReply<M extends MessageBase>(voice: Voice<M>): Behaviour<M> {
  return (_input, honest) => honest.map((effect) => lie(voice, effect));
}

function lie<M extends MessageBase>(voice: Voice<M>, effect: Effect<M>): Effect<M> {
  if (effect.kind !== "reply") return effect;
  // Every protocol's messages hold those of clients.
  const { message } = effect.signed as unknown as Signed<Reply>;
  if (message.kind !== "reply") return effect;
  const lied: Reply = { ...message, results: message.results.map(falsified) };
  return { ...effect, signed: voice.sign(lied as unknown as M) as SignedOf<M> };
}

function falsified({ value }: OperationResult): OperationResult {
  return { ok: true, value: value === null ? "a lie" : `${value} (a lie)` };
}
