export { AdminClient } from "./admin-client.js";
export type { ReplicaEvent, ReplicaStatus } from "./admin-protocol.js";
export { ClusterClient, type SubmitOutcome } from "./cluster-client.js";
export { type ClusterConfig, DEFAULT_LIMITS, DEFAULT_TIMEOUTS } from "./cluster-config.js";
export { type CreateClusterOptions, changePorts, createCluster, loadCluster, removeCluster } from "./cluster-directory.js";
export { DamageError, type Durability, FileLog, readLog } from "./durable-log.js";
export { ClusterError, type ClusterErrorCode } from "./errors.js";
export { Storage, type OpenedStorage } from "./storage.js";
export { openLifeline } from "./lifeline.js";
export { ClusterPaths } from "./paths.js";
export {
  checkReplica,
  killReplica,
  pauseReplica,
  type RunningReplica,
  replicaProcess,
  resumeReplica,
  type SpawnOptions,
  startReplica,
  stopReplica,
} from "./replica-processes.js";
export { type BehaviourContext, type ReplicaProcessOptions, runReplica } from "./replica-process.js";
