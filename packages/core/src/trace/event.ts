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
  /** It signed this itself and sent it to these replicas. `id` names the message (message-id.ts). */
  | { readonly kind: "sent"; readonly id: string; readonly to: readonly number[]; readonly statement: Statement }
  /** It passed on what somebody else had signed, as it is. */
  | {
      readonly kind: "relayed";
      readonly id: string;
      readonly to: readonly number[];
      readonly signer: string;
      readonly message: string;
    }
  /** A proven message was handed to its machine. */
  | ({ readonly kind: "took" } & Took)
  /** Its machine was told that this time was over. */
  | { readonly kind: "timer-fired"; readonly timer: string }
  | {
      readonly kind: "replied";
      readonly id: string;
      readonly client: number;
      readonly timestamp: number;
      readonly seq: number;
      readonly view: number;
      /** False for a read that was not ordered. */
      readonly ordered: boolean;
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
  /** `from` signed it, which is proven only when the machine had it. `id` is null where what is dropped is not the message at hand. */
  | {
      readonly kind: "dropped";
      readonly id: string | null;
      readonly from: string;
      readonly message: string;
      readonly reason: string;
    }
  /** What came over the connection of `peer` (null: unproven) did not become a message, or showed a limit at work. */
  | { readonly kind: "refused"; readonly peer: string | null; readonly reason: string }
  /** From now on this is wrong with what it sends to these replicas, in words; null: nothing any more. */
  | { readonly kind: "link-fault"; readonly towards: readonly number[]; readonly fault: string | null }
  | { readonly kind: "evidence"; readonly accused: number; readonly first: Statement; readonly second: Statement }
  /** How much it keeps in memory; the checker of bounds knows the limits. */
  | { readonly kind: "retained"; readonly retained: Retained }
);

export interface Took {
  readonly id: string;
  /** Who delivered it: the signer itself, or a replica that relayed it. */
  readonly via: string;
  readonly signer: string;
  /** The kind of its statement; of a message that is none, its own kind. */
  readonly message: string;
  /** What it is about; null where that has no sense. Of several values, the first. */
  readonly view: number | null;
  readonly seq: number | null;
  /** Of a request. */
  readonly timestamp: number | null;
}

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
  /** `message`: what it says as one line. */
  | { readonly kind: "delivered"; readonly id: string; readonly from: string; readonly to: string; readonly message: string }
  | {
      readonly kind: "lost";
      readonly id: string;
      readonly from: string;
      readonly to: string;
      readonly message: string;
      readonly because: string;
    };
