import { type ClientId, clientPrincipal, type MessageBase, type Protocol } from "@bft/core";
import type { ClusterFacts } from "../checkers/checker.js";
import { isCalm, lyingReplicas, type Plan } from "../plan/plan.js";
import { simPorts } from "../world/keys.js";

/** What the checkers must know of the cluster of a plan. */
export function factsOf<M extends MessageBase>(plan: Plan, protocol: Protocol<M>): ClusterFacts {
  return {
    protocol: protocol.name,
    replicas: plan.replicas,
    faults: plan.faults,
    clients: plan.clients,
    checkpointInterval: plan.settings.checkpointInterval,
    clientWindow: plan.settings.clientWindow,
    batchOperationsMax: plan.settings.batchOperationsMax,
    liars: lyingReplicas(plan),
    calm: isCalm(plan),
    nullDigest: protocol.nullDigest(simPorts(clientPrincipal(0 as ClientId))),
    historyComplete: true,
    exactOrder: true,
  };
}
