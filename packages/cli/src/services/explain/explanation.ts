import type { RequestName } from "@bft/core";
import type { ReplicaState } from "../../view/replica-cells.js";
import type { ReasonKind } from "./reasons/reason.js";
import type { Subject } from "./subject.js";

/**
 * How it stands with what was asked about:
 * executed: everywhere. behind: somewhere, and not everywhere. collected: so long ago that no replica keeps it. diverged: differently.
 * waits-for-proposal, waits-for-prepares, waits-for-commits: a slot on its way. waits-for-earlier: committed, but not all below it.
 * conflict: replicas were told different things under one number. not-proposed: known, and has no number yet. view-change: nothing
 * is ordered before another one leads. too-few, cut-off: no quorum runs, or none is in touch. unused, beyond-window: a number that
 * nothing was ordered under. not-shown: replicas show
 * their newest slots and oldest requests only, and it may be among the others. fast-read: it is never ordered.
 * refused-by-service: ordered, and its operation was not carried out. unanswered: executed, and its client does not know. refused:
 * no replica took the request. lost: its client handed it in, and no replica has it. unknown: nobody has heard of it.
 */
export type ExplainKind =
  | "executed"
  | "behind"
  | "collected"
  | "diverged"
  | "waits-for-proposal"
  | "waits-for-prepares"
  | "waits-for-commits"
  | "waits-for-earlier"
  | "conflict"
  | "not-proposed"
  | "view-change"
  | "too-few"
  | "cut-off"
  | "unused"
  | "beyond-window"
  | "not-shown"
  | "fast-read"
  | "refused-by-service"
  | "unanswered"
  | "refused"
  | "lost"
  | "unknown";

/** How far a replica is with it, as far as it says; `unknown` when it says nothing. */
export type Phase = "unknown" | "nothing" | "requested" | "pre-prepared" | "prepared" | "committed" | "executed";

/** A sentence with the paper's section about it; null where the paper has none. */
export interface Point {
  readonly text: string;
  readonly section: string | null;
}

/** Something that will happen by itself. */
export interface Upcoming extends Point {
  /** Whose timers make it happen, the soonest first; empty for what follows from it. */
  readonly replicas: readonly number[];
  /** Until the first of these timers fires, milliseconds; null for what follows from it. */
  readonly inMs: number | null;
}

/** Why a replica did not take a message. */
export interface Refusal {
  readonly replica: number;
  /** Who signed the message, or whose connection it came on: `replica 1`, `client 0`, `unauthenticated`. */
  readonly from: string;
  /** What it was, or null when it did not become a message. */
  readonly message: string | null;
  readonly reason: string;
  readonly count: number;
  readonly kind: ReasonKind;
  readonly words: string;
  readonly section: string | null;
}

/** One replica's part. */
export interface Standing {
  readonly replica: number;
  /** Its state, or that it is between two views. */
  readonly state: ReplicaState | "view-change";
  readonly phase: Phase;
  /** The view, ballot or term in which it has it, or is. */
  readonly view: number | null;
  readonly digest: string | null;
  /** Whose votes it has of those that it needs next, and whose it lacks; null when it waits for none. */
  readonly votes: {
    readonly of: "prepare" | "commit";
    readonly needed: number;
    readonly have: readonly number[];
    readonly missing: readonly number[];
  } | null;
  /** Who voted for another digest here. */
  readonly contrary: readonly number[];
  /** What else is to say, in a few words; empty when nothing is. */
  readonly note: string;
}

export interface Explanation {
  readonly subject: Subject;
  readonly kind: ExplainKind;
  /** False when nobody knows what was asked about. */
  readonly known: boolean;
  readonly verdict: Point;
  /** The sequence number, once there is one. */
  readonly seq: number | null;
  /** The first of the requests under it, as far as they are known, and how many there are. */
  readonly requests: readonly RequestName[];
  readonly requestCount: number;
  readonly replicas: readonly Standing[];
  /** The likeliest first. */
  readonly causes: readonly Point[];
  readonly refusals: readonly Refusal[];
  /** The soonest first. */
  readonly next: readonly Upcoming[];
  /** What would help, a command where there is one, or null. */
  readonly advice: string | null;
  /** The command that shows its messages; null while it has no number. */
  readonly chart: string | null;
  /** What this rests on that may be incomplete, a sentence each. */
  readonly notes: readonly string[];
}
