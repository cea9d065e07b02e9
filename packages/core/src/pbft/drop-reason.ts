/** Why a message was refused. Each has a test that reaches it (test/drop-reasons.test.ts). */
export type DropReason =
  // who and where
  | "not-from-a-replica"
  | "not-from-the-client"
  | "unknown-client"
  | "not-for-a-replica"
  | "own-message"
  // requests (§4.1)
  | "request-too-large"
  | "request-already-executed"
  | "request-known"
  | "client-window-full"
  | "not-primary"
  // votes (§4.2)
  | "view-old"
  | "view-ahead"
  | "view-change-in-progress"
  | "below-window"
  | "above-window"
  | "pre-prepare-not-from-primary"
  | "prepare-from-primary"
  | "duplicate"
  | "already-prepared"
  | "already-committed"
  | "conflicting-vote"
  | "batch-missing"
  | "batch-digest-mismatch"
  | "batch-malformed"
  | "batch-too-large"
  | "batch-empty"
  | "request-signature-invalid"
  // checkpoints (§4.3)
  | "not-a-checkpoint"
  // view changes (§4.4)
  | "view-change-bad-checkpoints"
  | "view-change-bad-certificate"
  | "view-change-out-of-order"
  | "new-view-not-from-primary"
  | "new-view-not-a-quorum"
  | "new-view-bad-view-change"
  | "new-view-wrong-pre-prepares"
  // catch-up
  | "not-asked-for"
  | "status-answered-already"
  | "committed-bad-certificate"
  | "node-digest-mismatch"
  | "node-malformed";
