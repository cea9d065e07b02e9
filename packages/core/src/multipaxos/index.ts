export { paxosCodec } from "./codec.js";
export type { PaxosDropReason } from "./drop-reason.js";
export * from "./messages.js";
export { MULTIPAXOS } from "./protocol.js";
export { statementOf } from "./trace.js";
