import type {
  ClientId,
  Codec,
  Effect,
  Input,
  Machine,
  MessageBase,
  OperationResult,
  Ports,
  ReplicaHappening,
  ReplicaId,
  Service,
  SignedOf,
} from "@bft/core";
import type { ClusterFacts } from "../checkers/checker.js";
import type { Plan } from "../plan/plan.js";
import type { Random } from "../random.js";
import type { Saved } from "../world/disk.js";

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

export type ClientInput<M extends MessageBase> =
  | { readonly kind: "submit"; readonly operations: readonly string[]; readonly readOnly: boolean }
  | { readonly kind: "message"; readonly signed: SignedOf<M> }
  | { readonly kind: "timer-fired"; readonly timer: string }
  | { readonly kind: "link"; readonly replica: ReplicaId; readonly up: boolean; readonly hint: number | null };

/** What a client does, as far as the world carries it out. */
export type ClientDeed<M extends MessageBase> =
  | { readonly kind: "send"; readonly to: ReplicaId; readonly signed: SignedOf<M> }
  | { readonly kind: "start-timer"; readonly timer: string; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly timer: string }
  | { readonly kind: "submitted"; readonly timestamp: number }
  | { readonly kind: "fell-back"; readonly from: number; readonly to: number }
  | { readonly kind: "accepted"; readonly timestamp: number; readonly seq: number; readonly results: readonly OperationResult[] };

export interface Client<M extends MessageBase> {
  readonly canSubmit: boolean;
  step(input: ClientInput<M>): readonly ClientDeed<M>[];
}

/** What the simulated world must know of a protocol; each stands in a file of its own. */
export interface Protocol<M extends MessageBase> {
  readonly name: string;
  readonly codec: Codec<M>;
  facts(plan: Plan): ClusterFacts;
  replica(self: ReplicaId, plan: Plan, ports: Ports, service: Service, saved: Saved): Machine<M>;
  client(self: ClientId, plan: Plan, ports: Ports): Client<M>;
  /** @throws RangeError when there is no behaviour of that name. */
  behaviour(name: string, parts: LiarParts): Behaviour<M>;
  /** @throws RangeError when there is no client behaviour of that name. */
  lyingClient(name: string, self: ClientId, plan: Plan, ports: Ports, random: Random): Client<M>;
  happeningOf(effect: Effect<M>, self: ReplicaId, replicas: number): ReplicaHappening | null;
}
