import type { ExecutedRequest, OperationResult } from "../machine.js";
import type { Statement } from "./statement.js";

/**
 * One thing that happened, as checkers, charts and people read it. A trace is a list of these in the order in which they
 * happened; `at` is in milliseconds since the run began: virtual time in the simulator, the machine's monotonic clock in a
 * live cluster. Plain JSON data. What a replica or client did is told by itself, so only what correct ones tell is trusted.
 */
export type TraceEvent = { readonly at: number } & Happening;

export type Happening = ReplicaHappening | ClientHappening | WorldHappening;

export type ReplicaHappening = { readonly replica: number } & (
  | {
      /** It came up, the first time or from its disk. */
      readonly kind: "started";
      readonly view: number;
      readonly lastExecuted: number;
      readonly lowWaterMark: number;
      readonly abstaining: boolean;
    }
  /** It ended without notice. What it had written down before its last message left is still on its disk. */
  | { readonly kind: "crashed" }
  | { readonly kind: "disk-lost" }
  /** Switches to a behaviour of the catalogue, or back to honest. A replica that ever lied is not judged. */
  | { readonly kind: "behaves"; readonly behaviour: string | null }
  /** A bug of ours stopped it. */
  | { readonly kind: "broke"; readonly error: string }
  /** It signed this itself and sent it to these replicas. What it relays for others is not told here. */
  | { readonly kind: "sent"; readonly to: readonly number[]; readonly statement: Statement }
  | {
      readonly kind: "replied";
      readonly client: number;
      readonly timestamp: number;
      readonly seq: number;
      readonly view: number;
      readonly results: readonly OperationResult[];
    }
  | {
      readonly kind: "executed";
      readonly seq: number;
      readonly view: number;
      readonly digest: string;
      readonly requests: readonly ExecutedRequest[];
    }
  | { readonly kind: "checkpoint-stable"; readonly seq: number; readonly stateDigest: string }
  | { readonly kind: "state-installed"; readonly seq: number; readonly stateDigest: string }
  | { readonly kind: "abstaining"; readonly until: number | null }
  | { readonly kind: "votes-again"; readonly seq: number }
  | { readonly kind: "view-change-started"; readonly view: number; readonly because: string }
  | { readonly kind: "view-entered"; readonly view: number; readonly primary: number }
  | { readonly kind: "dropped"; readonly from: string; readonly message: string; readonly reason: string }
  | { readonly kind: "evidence"; readonly accused: number; readonly first: Statement; readonly second: Statement }
  /** How much it keeps in memory; the checker of bounds knows the limits. */
  | { readonly kind: "retained"; readonly retained: Retained }
);

/** Counts of what a replica keeps, by what could grow. */
export interface Retained {
  readonly slots: number;
  readonly votes: number;
  readonly requests: number;
  readonly batches: number;
  readonly viewChanges: number;
  readonly checkpointVotes: number;
  readonly snapshots: number;
}

export type ClientHappening = { readonly client: number } & (
  | {
      readonly kind: "invoked";
      /** From its handing in on a request may take effect. */
      readonly timestamp: number;
      readonly operations: readonly string[];
      readonly readOnly: boolean;
    }
  /** A read that got no quorum is asked again under another timestamp, as an ordinary request (§5.1.3). */
  | { readonly kind: "fell-back"; readonly from: number; readonly timestamp: number }
  /** Enough replicas gave this answer. */
  | {
      readonly kind: "answered";
      readonly timestamp: number;
      readonly seq: number;
      readonly results: readonly OperationResult[];
    }
  /** A client that lies is not judged, and what it does is not in the client history. */
  | { readonly kind: "client-behaves"; readonly behaviour: string }
);

/** What the simulator does to the world, and the way of each message. A live trace has none of the latter. */
export type WorldHappening =
  | { readonly kind: "fault"; readonly what: string }
  /** From now on these replicas are connected and correct, and everything must finish within `withinMs`. */
  | { readonly kind: "healed"; readonly core: readonly number[]; readonly withinMs: number }
  /** `message`: the statement as one line. */
  | { readonly kind: "delivered"; readonly from: string; readonly to: string; readonly message: string }
  | { readonly kind: "lost"; readonly from: string; readonly to: string; readonly message: string; readonly because: string };
