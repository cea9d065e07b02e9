export { LINK_DELAY_MS_MAX, type LinkFault, type LinkImpairment } from "@bft/net";
export { AdminClient } from "./admin-client.js";
export type { LinkChange, ReplicaEvent, ReplicaLink, ReplicaStatus } from "./admin-protocol.js";
export {
  type ClientDisguise,
  type ClientDisguiseContext,
  ClusterClient,
  NoQuorumError,
  rulesForClients,
  type SubmitOptions,
  type SubmitOutcome,
} from "./cluster-client.js";
export { type ClusterConfig, DEFAULT_LIMITS, DEFAULT_TIMEOUTS, parseClusterConfig, whyNotRead } from "./cluster-config.js";
export {
  type CreateClusterOptions,
  changeMetrics,
  changePorts,
  changeSettings,
  createCluster,
  loadCluster,
  type MetricsWish,
  removeCluster,
} from "./cluster-directory.js";
export { serviceOf } from "./cluster-service.js";
export type { Durability } from "./durable-log.js";
export { ClusterError, type ClusterErrorCode } from "./errors.js";
export { type CrossExamination, crossExamine } from "./evidence/cross-examination.js";
export { EvidenceFolder, type KeptProof } from "./evidence/evidence-folder.js";
export { PROOF_BYTES_MAX, type ProofFileVerdict, verifyProofText } from "./evidence/proof-file.js";
export { openLifeline } from "./lifeline.js";
export { metricsUrl } from "./metrics/address.js";
export { ClusterPaths } from "./paths.js";
export { markKind } from "./recording/effect-mark.js";
export { type Divergence, inputOf, type ReplayEvent } from "./recording/replay.js";
export { calendarTime, type ReplayWish, ReplicaReplay, recordedParts } from "./recording/replica-replay.js";
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
export { traceNow } from "./trace/clock.js";
export { ClusterTrace } from "./trace/cluster-trace.js";
export { type MergedHeader, mergedHeaderLine, readMerged } from "./trace/merged-file.js";
export type { TraceSummary } from "./trace/trace-reader.js";
export type { TraceWindow } from "./trace/window.js";
export { type BuiltService, buildUserService, changedSource, isMadeFrom } from "./user-service/index.js";
