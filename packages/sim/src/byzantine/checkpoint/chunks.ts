import type { StateNodes } from "@bft/core/pbft";
import { type LiarContext, type PbftBehaviour, sendAll, signAs, telling } from "../liar.js";

export type Nodes = StateNodes["nodes"];

/** A liar that gives other nodes of the state than it was asked for; null: it gives none at all. Honest in all else. */
export function givingNodes(context: LiarContext, lie: (nodes: Nodes) => Nodes | null): PbftBehaviour {
  return telling(context, (signed, to) => {
    if (signed.kind !== "state-nodes") return null;
    const nodes = lie(signed.message.nodes);
    return nodes === null ? [] : sendAll(to, signAs<StateNodes>(context, { ...signed.message, nodes }));
  });
}
