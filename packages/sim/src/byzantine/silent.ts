import type { MessageBase } from "@bft/core";
import type { Behaviour } from "../protocols/protocol.js";
import { leaves } from "./liar.js";

/** Takes everything in and says nothing: not distinguishable from a crash, but for the open connections. */
export function silent<M extends MessageBase>(): Behaviour<M> {
  return (_input, honest) => honest.filter((effect) => !leaves(effect));
}
