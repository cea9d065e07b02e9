import type { RequestDrop } from "../crash/requests.js";

/** Why a replica had no use for a message. */
export type RaftDropReason =
  | RequestDrop
  | "not-from-a-replica"
  | "own-message"
  | "relayed"
  | "not-for-a-replica"
  /** It was said in a term that is over. */
  | "old-term"
  /** Nobody was asked for it: this replica is no candidate, no leader, or asked for something else. */
  | "not-asked-for"
  /** Two leaders in one term: somebody lies. */
  | "second-leader"
  /** It would undo what is committed: somebody lies. */
  | "conflicts-with-committed"
  | "value-malformed"
  /** No leader has entries of terms to come. */
  | "entry-of-later-term"
  /** Further ahead than a correct leader can be. */
  | "beyond-window"
  /** Beyond the end of this leader's log. */
  | "beyond-log"
  | "snapshot-malformed"
  | "snapshot-digest-mismatch";
