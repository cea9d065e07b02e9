import type { SeqNum } from "../ids.js";
import type { Snapshot } from "../store/trie.js";

/** The log of a replica can not be read back: it must not go on from a guess. */
export class RecoveryError extends Error {
  override readonly name = "RecoveryError";
}

/** What a replica finds on its disk. */
export interface SavedState {
  /** The state at the checkpoint from which the records go on; null when they go on from the initial state. */
  readonly state: { readonly seq: SeqNum; readonly root: Snapshot } | null;
  /** What it wrote down since, in order; the restatement that came with the checkpoint first. */
  readonly records: Iterable<Uint8Array>;
  /** True when what the replica wrote down is lost, in part or in whole: it must not vote as if it had never voted. */
  readonly lost: boolean;
}

export const NOTHING_SAVED: SavedState = { state: null, records: [], lost: false };
