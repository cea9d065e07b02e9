import type { Effect, Input, MessageBase, Ports, Protocol, ReplicaId, Service } from "@bft/core";
import type { Plan } from "../plan/plan.js";
import type { Random } from "../random.js";

/** A liar around an honest machine: what it does instead of `honest`. Given back unchanged, nothing was lied. */
export type Behaviour<M extends MessageBase> = (input: Input<M>, honest: readonly Effect<M>[]) => readonly Effect<M>[];

/** Who lies with whom. */
export interface LiarParts {
  readonly self: ReplicaId;
  readonly plan: Plan;
  readonly ports: Ports;
  readonly service: Service;
  readonly random: Random;
  readonly accomplices: readonly ReplicaId[];
}

/** A protocol and its liars: what the simulated world must know of it. Each stands in a file of its own. */
export interface SimProtocol<M extends MessageBase> {
  readonly core: Protocol<M>;
  /** @throws RangeError when there is no behaviour of that name. */
  behaviour(name: string, parts: LiarParts): Behaviour<M>;
}
