import { encodeNode, entry, treeOf } from "@bft/core";
import type { LiarContext, PbftBehaviour } from "../liar.js";
import { givingNodes } from "./chunks.js";

/**
 * Answers a fetch of the state with nodes of another state: well-formed ones that hold a lie, or the right ones with one bit
 * turned over (TOCS '02 §5.3.2).
 */
export function wrongChunks(context: LiarContext): PbftBehaviour {
  const { random, ports } = context;
  const lie = encodeNode(treeOf([entry("s/a", "lie")]), ports.hash);
  return givingNodes(context, (nodes) =>
    nodes.map(({ path, bytes }) => ({
      path,
      bytes: random.chance(0.5) ? lie : oneBitOff(bytes, random.below(8 * bytes.length)),
    })),
  );
}

function oneBitOff(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}
