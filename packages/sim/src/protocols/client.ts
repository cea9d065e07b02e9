import {
  Client,
  type ClientEffect,
  type ClientId,
  type ClientInput,
  type ClientMessage,
  type MessageBase,
  type OperationResult,
  type Ports,
  type Protocol,
  type ReplicaId,
  type SignedOf,
  type Timestamp,
} from "@bft/core";
import type { ClientBehaviour } from "../byzantine/clients/index.js";
import type { Plan } from "../plan/plan.js";

/** What a client does, as far as the world carries it out. */
export type ClientDeed =
  | { readonly kind: "send"; readonly to: ReplicaId; readonly signed: SignedOf<ClientMessage> }
  | { readonly kind: "start-timer"; readonly timer: string; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly timer: string }
  | { readonly kind: "submitted"; readonly timestamp: number }
  | { readonly kind: "fell-back"; readonly from: number; readonly to: number }
  | { readonly kind: "accepted"; readonly timestamp: number; readonly seq: number; readonly results: readonly OperationResult[] };

export interface ClientMachine {
  readonly canSubmit: boolean;
  step(input: ClientInput): readonly ClientDeed[];
}

/** A client of a plan's cluster, honest unless it has a behaviour. */
export function clientOf<M extends MessageBase>(
  self: ClientId,
  plan: Plan,
  protocol: Protocol<M>,
  ports: Ports,
  behaviour: ClientBehaviour | null,
): ClientMachine {
  const { clientWindow, clientRetryMs, reads } = plan.settings;
  const machine = new Client(
    {
      ...protocol.clientRules(protocol.quorums(plan.replicas, plan.faults), reads),
      self,
      replicas: plan.replicas,
      window: clientWindow,
      retryMs: clientRetryMs,
      firstTimestamp: 1 as Timestamp,
      reads,
    },
    ports,
  );
  // Both ways occur in every run with more than one client.
  const replies = self % 2 === 0 ? "all" : "enough";
  return {
    get canSubmit() {
      return machine.canSubmit;
    },
    step: (input) => {
      const honest = machine.step(input.kind === "submit" ? { ...input, replies } : input);
      return (behaviour === null ? honest : behaviour(input, honest)).flatMap(deedOf);
    },
  };
}

function deedOf(effect: ClientEffect): readonly ClientDeed[] {
  switch (effect.kind) {
    case "accepted": {
      const { timestamp, seq, results } = effect.outcome;
      return [{ kind: "accepted", timestamp, seq, results }];
    }
    case "answered":
    case "dropped":
      return [];
    default:
      return [effect];
  }
}
