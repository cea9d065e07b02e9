export { type Batch, makeBatch, readBatch } from "./batch.js";
export { pbftCodec } from "./codec.js";
export { checkConfig, type PbftSettings } from "./config.js";
export type { DropReason } from "./drop-reason.js";
export * from "./messages.js";
export { PBFT } from "./protocol.js";
export { PbftReplica } from "./replica.js";
export { statementOf } from "./trace.js";
