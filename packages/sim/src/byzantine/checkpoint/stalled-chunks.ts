import type { LiarContext, PbftBehaviour } from "../liar.js";
import { givingNodes } from "./chunks.js";

/** Honest but for this: who fetches the state from it waits for ever. */
export function stalledChunks(context: LiarContext): PbftBehaviour {
  return givingNodes(context, () => null);
}
