import type { MessageBase } from "@bft/core";
import type { PbftMessage } from "@bft/core/pbft";
import type { Behaviour } from "../protocols/protocol.js";
import type { LiarContext } from "./context.js";

/** What a lie is about. */
export type Group =
  | "primary"
  | "backup"
  | "checkpoint and state transfer"
  | "view change"
  | "leader"
  | "follower"
  | "elections"
  | "replies"
  | "edges and fuzz"
  | "clients";

/** One way to lie, as a person is told of it. */
export interface BehaviourInfo {
  readonly name: string;
  readonly group: Group;
  /** What it sends. */
  readonly summary: string;
  /** What must hold all the same; where the protocol believes its replicas, what comes of it. */
  readonly holds: string;
}

/** A way to lie in one protocol, and how to make a liar of it. */
export interface Lie<M extends MessageBase> extends BehaviourInfo {
  readonly create: (context: LiarContext) => Behaviour<M>;
}

/** One of PBFT's, which is given its group where the catalogue is put together. */
export type Entry = Omit<Lie<PbftMessage>, "group">;

export function inGroup<E extends object>(group: Group, entries: readonly E[]): readonly (E & { readonly group: Group })[] {
  return entries.map((entry) => ({ ...entry, group }));
}
