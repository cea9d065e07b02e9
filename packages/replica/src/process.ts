/** What only the process of a replica needs: kept apart so that short commands do not load a database. */
export { DamageError, FileLog, readLog } from "./durable-log.js";
export { type BehaviourContext, type ReplicaProcessOptions, runReplica } from "./replica-process.js";
export { type OpenedStorage, Storage } from "./storage.js";
