import type { ReplicaConfig, ReplicaId } from "@bft/core";

/** One of three replicas with short logs. */
export function configOf(id: number): ReplicaConfig {
  return {
    self: id as ReplicaId,
    replicas: 3,
    faults: 1,
    clients: 2,
    checkpointInterval: 4,
    viewChangeTimeoutMs: 1000,
    statusIntervalMs: 200,
    pipelineDepth: 4,
    batchOperationsMax: 16,
    batchBytesMax: 65_536,
    operationBytesMax: 1024,
    clientWindow: 1024,
  };
}
