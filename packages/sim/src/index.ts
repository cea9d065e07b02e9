export type { Checker, ClusterFacts, Violation } from "./checkers/checker.js";
export * from "./plan/plan.js";
export { Random } from "./random.js";
export * from "./run/simulate.js";
