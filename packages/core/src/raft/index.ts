export { raftCodec } from "./codec.js";
export type { RaftDropReason } from "./drop-reason.js";
export type * from "./messages.js";
export { RAFT } from "./protocol.js";
export { RaftReplica } from "./replica.js";
