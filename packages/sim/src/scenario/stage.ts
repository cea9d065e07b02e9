import type { MachineStatus, OperationResult, ProtocolName, QuorumSystem, TraceEvent } from "@bft/core";
import type { Violation } from "../checkers/checker.js";

/** A cluster on which a scenario is played: real processes, or the simulated world. Times are in milliseconds. */
export interface Stage {
  readonly protocol: ProtocolName;
  /** n, f and what a quorum is. */
  readonly system: QuorumSystem;
  /** Since the stage was set up: wall time on real processes, virtual time in the simulator. */
  readonly now: number;
  /** Hands in one request and does not wait for its answer. @returns the number under which `answer` knows it, 0, 1, 2, … */
  submit(operations: readonly string[]): Promise<number>;
  /** What the client was told of a request, or null as long as it was told nothing. */
  answer(request: number): Answer | null;
  /** Ends replicas as `kill -9` does. */
  kill(replicas: readonly number[]): Promise<void>;
  restart(replicas: readonly number[]): Promise<void>;
  /** The liars share a plan. Null makes them honest again. @throws RangeError when there is no behaviour of that name. */
  lie(replicas: readonly number[], behaviour: string | null): Promise<void>;
  /** Between replicas of different groups nothing passes any more; a replica that is in none is a group of its own. */
  partition(groups: readonly (readonly number[])[]): Promise<void>;
  /** All links are whole again. */
  heal(): Promise<void>;
  /** How every replica stands, in order of id; null for one that is down. */
  look(): Promise<readonly (MachineStatus | null)[]>;
  /** Lets a short time pass. */
  wait(ms: number): Promise<void>;
  /**
   * Everything that happened until now as replicas and clients told it, judged by the checkers and by linearizability. May be
   * called more than once.
   */
  judge(): Promise<Judgement>;
  /** Ends everything and leaves nothing behind. */
  close(): Promise<void>;
}

export interface Answer {
  readonly results: readonly OperationResult[];
  readonly seq: number;
  readonly latencyMs: number;
}

export interface Judgement {
  /** In the order in which they were found. */
  readonly violations: readonly Violation[];
  /** The client history is linearizable; null when that was not found out. */
  readonly linearizable: boolean | null;
  readonly events: readonly TraceEvent[];
  /** What the cluster cost until now. */
  readonly cost: { readonly messages: number; readonly operations: number };
  /** How often a behaviour really changed what was sent, all liars together: that a lie was told at all. */
  readonly lies: number;
}
