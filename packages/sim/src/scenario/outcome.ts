import type { OperationResult, ProtocolName, QuorumSystem } from "@bft/core";
import type { Violation } from "../checkers/checker.js";
import type { Step } from "./scenario.js";

/** One line of the account of what happened: a step and what came of it. Plain JSON data. */
export interface Entry {
  /** When the step was done, in milliseconds since the stage was set up. */
  readonly at: number;
  /** Number of the step in the file; null for the beginning and the end, which no file has. */
  readonly step: number | null;
  readonly kind: Step["kind"] | "start" | "end";
  /** Why this step, in the author's words, or null. */
  readonly say: string | null;
  /** What was done or seen, in a sentence: `killed replica 0`. */
  readonly did: string;
  /** `done`: there was nothing to judge. `skipped`: played without lies, so that it does not apply. */
  readonly verdict: "done" | "held" | "failed" | "skipped";
  /** What was expected and what came instead, or what a checker says; for a person, or null. */
  readonly why: string | null;
}

/** What became of one request. */
export interface RequestAccount {
  readonly name: string | null;
  readonly operations: readonly string[];
  readonly submittedAt: number;
  /** null: it was not answered until the end. */
  readonly answer: {
    readonly results: readonly OperationResult[];
    readonly seq: number;
    readonly latencyMs: number;
  } | null;
}

/** Two correct replicas that executed different things at one sequence number. */
export interface Divergence {
  readonly seq: number;
  /** What each of them executed there; no operation: a null request, or a no-op. */
  readonly sides: readonly { readonly replica: number; readonly view: number; readonly operations: readonly string[] }[];
}

/** What came of playing a scenario on one protocol. Plain JSON data. */
export interface Outcome {
  readonly scenario: string;
  readonly protocol: ProtocolName;
  readonly system: QuorumSystem;
  /** The lies were left out. */
  readonly withoutLies: boolean;
  /** `failed`: something came otherwise than expected; `not-run`: a step could not be carried out, and nothing after it was tried. */
  readonly verdict: "held" | "failed" | "not-run";
  readonly entries: readonly Entry[];
  readonly requests: readonly RequestAccount[];
  /** Replicas that lied at some time. */
  readonly liars: readonly number[];
  /** As found in the end by the checkers, in the order in which they were found; whatever was expected. */
  readonly violations: readonly Violation[];
  /** A checker's words on the divergence, or on the first violation; null when there is none. */
  readonly why: string | null;
  readonly agreement: "held" | "broken";
  /** Where agreement was broken first; null when it held. */
  readonly divergence: Divergence | null;
  /** null: it was not found out. */
  readonly linearizable: boolean | null;
  readonly cost: {
    /** Messages that replicas sent. */
    readonly messages: number;
    /** Operations that were executed. */
    readonly operations: number;
    /** How often a liar really changed what it sent. */
    readonly lies: number;
  };
  readonly elapsedMs: number;
}
