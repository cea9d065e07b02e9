import type { LiarContext, PbftBehaviour } from "./liar.js";

/** One way to lie, as a person is told of it. */
export interface BehaviourInfo {
  readonly name: string;
  /** What it sends. */
  readonly summary: string;
  /** What must hold all the same. */
  readonly holds: string;
}

/** A way to lie, and how to make a liar of it. */
export interface Entry extends BehaviourInfo {
  readonly create: (context: LiarContext) => PbftBehaviour;
}
