import type { ProtocolName } from "@bft/core";
import { behavioursOf } from "../byzantine/index.js";

/** What a scenario may name on a cluster of one protocol. */
export interface ProtocolFacts {
  readonly replicas: number;
  readonly behaviours: readonly string[];
}

export function factsOf(protocol: ProtocolName, faults: number): ProtocolFacts {
  const known = behavioursOf(protocol).map(({ name }) => name);
  const behaviours = known.length > 0 ? known : behavioursOf("raft").map(({ name }) => name);
  return { replicas: protocol === "pbft" ? 3 * faults + 1 : 2 * faults + 1, behaviours };
}
