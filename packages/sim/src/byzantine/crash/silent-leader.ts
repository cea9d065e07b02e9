import type { MessageBase, Signed } from "@bft/core";
import type { Behaviour } from "../../protocols/protocol.js";
import type { LiarContext } from "../context.js";
import { Voice } from "../voice.js";
import type { Tongue } from "./tongue.js";

/** As leader it says that it is there, and orders nothing. Whoever waits for a sign of life alone never replaces it. */
export function silentLeader<M extends MessageBase>(tongue: Tongue<M>, context: LiarContext): Behaviour<M> {
  const voice = new Voice(tongue.protocol.codec, context);
  return voice.telling((signed, to) => {
    const { message } = signed as Signed<M>;
    if (!tongue.isLeaders(message)) return null;
    const sign = tongue.hollow(message);
    return sign === null ? [] : voice.sayTo(to, sign);
  });
}
