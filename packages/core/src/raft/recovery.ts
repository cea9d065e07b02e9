import { readValue } from "../crash/value.js";
import { RecoveryError, type SavedState } from "../replication/saved.js";
import { withLeaves } from "../store/leaves.js";
import { rootDigest } from "../store/merkle.js";
import type { Snapshot } from "../store/trie.js";
import { executeEntry } from "./commitment.js";
import type { Index, Term } from "./messages.js";
import { amnesiaRecord, type Record, readRecord } from "./records.js";
import { install, takeSnapshot } from "./snapshot.js";
import type { RaftState } from "./state.js";

/** The leaves of a state that was sent, as far as they have been read. */
interface Fetched {
  readonly index: number;
  readonly root: Snapshot;
}

/**
 * Rebuilds the state from what the replica wrote down, in order. Records may come twice: the restatement of a snapshot follows the records
 * that it replaces when the crash came in between.
 * @throws RecoveryError when a record is not one of ours, or one is missing
 */
export function recover(r: RaftState, saved: SavedState): void {
  if (saved.state !== null) {
    const { seq, root } = saved.state;
    install(r, { index: seq, term: 0 as Term, writtenIn: 0 as Term, stateDigest: rootDigest(root, r.ports.hash), root });
  }
  let fetched: Fetched = { index: 0, root: null };
  let count = 0;
  for (const bytes of saved.records) {
    const record = readRecord(bytes);
    if (record === null) throw new RecoveryError(`record ${count} of the log can not be read`);
    if (record.kind === "leaves") fetched = fetchedWith(fetched, record.index, record.leaves);
    else if (record.kind === "installed") installAgain(r, fetched, record);
    else apply(r, record);
    count += 1;
  }
  r.effects = [];
  r.snapshotIsNew = false;
  if (saved.lost) loseMemory(r);
}

/** What it said before is not known: outside the model of the paper, where stable storage survives. It never votes again. */
function loseMemory(r: RaftState): void {
  r.memoryLost = true;
  r.persist(amnesiaRecord());
  r.emit({ kind: "abstaining", until: null });
}

function apply(r: RaftState, record: Exclude<Record, { kind: "leaves" | "installed" }>): void {
  switch (record.kind) {
    case "amnesia":
      r.memoryLost = true;
      return;
    case "term":
      // A vote, once given, stays: records may come a second time, and then end before the one with the vote.
      if (record.term < r.term || (record.term === r.term && record.votedFor === null)) return;
      r.term = record.term;
      r.votedFor = record.votedFor;
      return;
    case "snapshot":
      // The saved state itself does not tell the term of its last entry.
      if (record.index === r.snapshot.seq && r.snapshotTerm === 0)
        install(r, { ...r.snapshot, index: record.index, term: record.term, writtenIn: record.writtenIn });
      return;
    case "entry": {
      const { index, term, writtenIn } = record;
      if (index <= r.lastExecuted || r.log.termAt(index) === term) return;
      // It comes a second time: what was written down since has taken its place.
      if (writtenIn < r.log.lastWrittenIn) return;
      const value = readValue(record.value, r.ports);
      if (value === null) throw new RecoveryError(`the value of entry ${index} in the log can not be read`);
      if (index > r.log.lastIndex + 1)
        throw new RecoveryError(`the log has a hole: after entry ${r.log.lastIndex} it goes on with ${index}`);
      r.log.put({ index, term, value, writtenIn });
      return;
    }
    case "committed":
      executeUpTo(r, record.index);
  }
}

function executeUpTo(r: RaftState, index: Index): void {
  if (index > r.commitIndex) r.commitIndex = index;
  while (r.lastExecuted < index) {
    const entry = r.log.entry(r.lastExecuted + 1);
    if (entry === null) throw new RecoveryError(`entry ${r.lastExecuted + 1} was committed and is not in the log`);
    executeEntry(r, entry);
    takeSnapshot(r);
  }
}

/** Leaves of another snapshot than the last ones begin anew: that one was never installed. */
function fetchedWith(fetched: Fetched, index: Index, leaves: readonly Uint8Array[]): Fetched {
  const grown = withLeaves(fetched.index === index ? fetched.root : null, leaves);
  if (grown === null) throw new RecoveryError("an installed state in the log can not be read");
  return { index, root: grown.root };
}

function installAgain(r: RaftState, fetched: Fetched, record: Extract<Record, { kind: "installed" }>): void {
  const { index, term, stateDigest } = record;
  if (index <= r.lastExecuted) return;
  const root = fetched.index === index ? fetched.root : null;
  if (rootDigest(root, r.ports.hash) !== stateDigest)
    throw new RecoveryError(`the installed state at index ${index} in the log is not the one that was sent`);
  install(r, { index, term, writtenIn: r.term, stateDigest, root });
}
