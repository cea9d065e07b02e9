import { leaves, type PbftBehaviour } from "./liar.js";

/** Takes everything in and says nothing: not distinguishable from a crash, but for the open connections. */
export function silent(): PbftBehaviour {
  return (_input, honest) => honest.filter((effect) => !leaves(effect));
}
