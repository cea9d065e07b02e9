export { type Batch, makeBatch, readBatch } from "./batch.js";
export * from "./client.js";
export { pbftCodec, WIRE_LIMITS } from "./codec.js";
export { checkConfig, type PbftConfig, type PbftSettings } from "./config.js";
export type { DropReason } from "./drop-reason.js";
export * from "./messages.js";
export { NOTHING_SAVED, RecoveryError, type SavedState } from "./recovery.js";
export { PbftReplica } from "./replica.js";
export { happeningOf, statementOf } from "./trace.js";
