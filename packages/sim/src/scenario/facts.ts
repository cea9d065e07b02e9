import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { behavioursOf } from "../byzantine/index.js";

/** What a scenario may name on a cluster of one protocol. */
export interface ProtocolFacts {
  readonly replicas: number;
  readonly behaviours: readonly string[];
}

export function factsOf(protocol: ProtocolName, faults: number): ProtocolFacts {
  const behaviours = behavioursOf(protocol).map(({ name }) => name);
  return { replicas: protocolNamed(protocol).replicasFor(faults), behaviours };
}
