import type { RequestDrop } from "../crash/requests.js";

/** Why a message was refused. Each has a test that reaches it (test/multipaxos/drop-reasons.test.ts). */
export type PaxosDropReason =
  | RequestDrop
  // who and where
  | "not-from-a-replica"
  | "not-for-a-replica"
  | "own-message"
  | "relayed"
  | "budget-exceeded"
  // ballots (§2.2, §2.4)
  | "ballot-not-of-sender"
  | "ballot-old"
  | "abstaining"
  // phase 1
  | "not-a-candidate"
  | "promise-out-of-turn"
  | "promise-malformed"
  // phase 2
  | "below-window"
  | "above-window"
  | "value-missing"
  | "value-too-large"
  | "value-digest-mismatch"
  | "value-malformed"
  | "second-value"
  | "contradicts-chosen"
  | "not-leading"
  | "accepted-another-value"
  | "duplicate"
  // catch-up
  | "already-executed"
  | "not-asked-for"
  | "nothing-to-tell"
  | "snapshot-too-large"
  | "snapshot-malformed"
  | "snapshot-digest-mismatch";
