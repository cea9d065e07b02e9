import type { ReplicaConfig, ReplicaId } from "@bft/core";
import type { Plan } from "../plan/plan.js";

/** The configuration of one replica, as a plan says. */
export function configOf(self: ReplicaId, { replicas, faults, clients, settings }: Plan): ReplicaConfig {
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
