export type { Divergence, Entry, Outcome, RequestAccount } from "./outcome.js";
export { PROTOCOLS } from "./parse/by-protocol.js";
export type { Problem } from "./parse/problem.js";
export { type ParsedScenario, parseScenario } from "./parse/scenario.js";
export { type RunOptions, runScenario } from "./runner.js";
export type { Play, Scenario, Step } from "./scenario.js";
export { type SimStageOptions, simStage } from "./sim-stage/index.js";
export type { Answer, Judgement, Stage } from "./stage.js";
