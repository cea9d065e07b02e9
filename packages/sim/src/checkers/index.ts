export type { ClusterFacts, Violation } from "./checker.js";
export { Checks } from "./dispatch.js";
