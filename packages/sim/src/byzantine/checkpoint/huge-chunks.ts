import { WIRE_LIMITS } from "@bft/core";
import type { LiarContext, PbftBehaviour } from "../liar.js";
import { givingNodes, type Nodes } from "./chunks.js";

/** Bytes of filling. A frame holds 8 MiB, so all of these reach the one who asked. */
const FILLING = [1 << 12, 1 << 16, 1 << 20, 4 << 20];

/** Answers a fetch of the state with more than was asked for: nodes of megabytes, or as many nodes as a message holds. */
export function hugeChunks(context: LiarContext): PbftBehaviour {
  const { random } = context;
  return givingNodes(context, (nodes) => (random.chance(0.5) ? swollen(nodes, random.pick(FILLING)) : multiplied(nodes)));
}

/** The first node with bytes after its end. */
function swollen(nodes: Nodes, filling: number): Nodes {
  return nodes.map(({ path, bytes }, index) => {
    if (index > 0) return { path, bytes };
    const padded = new Uint8Array(bytes.length + filling);
    padded.set(bytes);
    return { path, bytes: padded };
  });
}

/** The nodes, and the same bytes again for paths that nobody asked for. */
function multiplied(nodes: Nodes): Nodes {
  const bytes = nodes[0]?.bytes ?? new Uint8Array(0);
  const more = Math.max(0, WIRE_LIMITS.pathsMax - nodes.length);
  return [...nodes, ...Array.from({ length: more }, (_, i) => ({ path: `z${i}`, bytes: bytes.slice(0, 1024) }))];
}
