export { type CheckOptions, checkHistory, type LinearizabilityVerdict, STEPS_MAX } from "./check.js";
export { formatHistory, type HistoryFile, type ParsedHistory, parseHistory } from "./file.js";
export { historyOf } from "./from-trace.js";
export type { History, HistoryOperation } from "./history.js";
