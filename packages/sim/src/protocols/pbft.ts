import type { ClientId, Ports, ReplicaId, Timestamp } from "@bft/core";
import {
  type ClientEffect,
  happeningOf,
  makeBatch,
  PbftClient,
  type PbftClientConfig,
  type PbftConfig,
  type PbftMessage,
  PbftReplica,
  pbftCodec,
} from "@bft/core/pbft";
import { type ClientBehaviour, createClientBehaviour } from "../byzantine/clients/index.js";
import { createBehaviour } from "../byzantine/index.js";
import { isCalm, lyingReplicas, type Plan } from "../plan/plan.js";
import { simPorts } from "../world/keys.js";
import type { Client, ClientDeed, Protocol } from "./protocol.js";

/** The digest of the null request (§4.4), which new-views give to numbers that nobody prepared. */
const NULL_DIGEST = makeBatch([], simPorts({ role: "client", id: 0 as ClientId })).digest;

/** PBFT in the simulated world. */
export const PBFT: Protocol<PbftMessage> = {
  name: "pbft",
  codec: pbftCodec,
  happeningOf,
  facts: (plan) => ({
    protocol: "pbft",
    replicas: plan.replicas,
    faults: plan.faults,
    clients: plan.clients,
    checkpointInterval: plan.settings.checkpointInterval,
    clientWindow: plan.settings.clientWindow,
    batchOperationsMax: plan.settings.batchOperationsMax,
    liars: lyingReplicas(plan),
    calm: isCalm(plan),
    nullDigest: NULL_DIGEST,
    historyComplete: true,
    exactOrder: true,
  }),
  replica: (self, plan, ports, service, saved) => new PbftReplica(configOf(self, plan), ports, service, saved),
  client: (self, plan, ports) => clientOf(self, plan, ports, null),
  behaviour: (name, { self, plan, ...parts }) => createBehaviour(name, { ...parts, config: configOf(self, plan) }),
  lyingClient: (name, self, plan, ports, random) => {
    const { replicas, faults, settings } = plan;
    const context = { self, replicas, faults, window: settings.clientWindow, ports, random };
    return clientOf(self, plan, ports, createClientBehaviour(name, context));
  },
};

function configOf(self: ReplicaId, { replicas, faults, clients, settings }: Plan): PbftConfig {
  const { checkpointInterval, viewChangeTimeoutMs, statusIntervalMs, pipelineDepth, batchOperationsMax, clientWindow } = settings;
  return {
    self,
    replicas,
    faults,
    clients,
    checkpointInterval,
    viewChangeTimeoutMs,
    statusIntervalMs,
    pipelineDepth,
    batchOperationsMax,
    batchBytesMax: 65_536,
    operationBytesMax: 1024,
    clientWindow,
  };
}

function clientOf(self: ClientId, plan: Plan, ports: Ports, behaviour: ClientBehaviour | null): Client<PbftMessage> {
  const { clientWindow, clientRetryMs, reads } = plan.settings;
  const config: PbftClientConfig = {
    self,
    replicas: plan.replicas,
    faults: plan.faults,
    window: clientWindow,
    retryMs: clientRetryMs,
    firstTimestamp: 1 as Timestamp,
    reads,
  };
  const machine = new PbftClient(config, ports);
  return {
    get canSubmit() {
      return machine.canSubmit;
    },
    step: (input) => {
      const honest = machine.step(input);
      return (behaviour === null ? honest : behaviour(input, honest)).flatMap(deedOf);
    },
  };
}

function deedOf(effect: ClientEffect): readonly ClientDeed<PbftMessage>[] {
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
