import type { LiarContext, PbftBehaviour } from "../liar.js";
import { givingNodes } from "./chunks.js";

/** Answers a fetch of the state with less than was asked for: fewer nodes, none, or nodes that end before their end. */
export function shortChunks(context: LiarContext): PbftBehaviour {
  const { random } = context;
  return givingNodes(context, (nodes) =>
    random.chance(0.5)
      ? nodes.slice(0, random.below(nodes.length))
      : nodes.map(({ path, bytes }) => ({ path, bytes: bytes.slice(0, random.below(bytes.length)) })),
  );
}
