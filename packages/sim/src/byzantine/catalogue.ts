import type { LiarContext, PbftBehaviour } from "./liar.js";

/** What a lie is about. */
export type Group =
  | "primary"
  | "backup"
  | "checkpoint and state transfer"
  | "view change"
  | "replies"
  | "edges and fuzz"
  | "clients";

/** One way to lie, as a person is told of it. */
export interface BehaviourInfo {
  readonly name: string;
  readonly group: Group;
  /** What it sends. */
  readonly summary: string;
  /** What must hold all the same. */
  readonly holds: string;
}

/** A way to lie, and how to make a liar of it. */
export interface Entry extends Omit<BehaviourInfo, "group"> {
  readonly create: (context: LiarContext) => PbftBehaviour;
}
