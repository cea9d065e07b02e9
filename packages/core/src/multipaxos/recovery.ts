import { readValue, type Value } from "../crash/value.js";
import type { Digest, SeqNum } from "../ids.js";
import { RecoveryError, type SavedState } from "../replication/saved.js";
import { withLeaves } from "../store/leaves.js";
import { rootDigest } from "../store/merkle.js";
import type { Snapshot } from "../store/trie.js";
import type { Proposal } from "./instances.js";
import { executeValue } from "./learner.js";
import type { Ballot } from "./messages.js";
import { amnesiaRecord, type Record, readRecord } from "./records.js";
import { installState, takeSnapshot } from "./snapshot.js";
import type { PaxosState } from "./state.js";

/** The leaves of a fetched snapshot that have been read so far. */
interface Fetched {
  seq: SeqNum;
  root: Snapshot;
}

/**
 * Rebuilds the state from what the replica wrote down, in order (§2.5: an acceptor "must remember" over failures). It leads nothing
 * when it comes back: what it proposed as a leader it knows only as its own acceptor. If nobody else leads by then, it asks the others
 * again, in a higher ballot.
 * @throws RecoveryError when a record is not one of ours.
 */
export function recover(r: PaxosState, saved: SavedState): void {
  const fetched: Fetched = { seq: 0 as SeqNum, root: null };
  let count = 0;
  if (saved.state !== null) {
    r.state.restore(saved.state.root);
    r.lastExecuted = saved.state.seq;
    r.snapshot = r.stateNow();
    r.low = saved.state.seq;
  }
  for (const bytes of saved.records) {
    const record = readRecord(bytes);
    if (record === null) throw new RecoveryError(`record ${count} of the log can not be read`);
    apply(r, record, fetched);
    count += 1;
  }
  const isNew = saved.state === null && count === 0 && !saved.lost;
  if (!isNew) r.entered = null;
  r.effects = [];
  r.snapshotIsNew = false;
  if (saved.lost) r.abstaining = true;
  if (saved.lost) r.persist(amnesiaRecord());
  if (r.abstaining) r.emit({ kind: "abstaining", until: null });
  if (isNew && r.self === 0)
    r.leading = { ballot: 0 as Ballot, next: 1 as SeqNum, inherited: new Map(), inheritedUpTo: 0 as SeqNum };
}

function apply(r: PaxosState, record: Record, fetched: Fetched): void {
  switch (record.kind) {
    case "ballot":
      r.promised = Math.max(r.promised, record.ballot) as Ballot;
      return;
    case "accepted":
      return acceptAgain(r, record.seq, { ballot: record.ballot, value: writtenValue(record.value, record.seq, r) });
    case "executed":
      return executeAgain(r, record.seq, record.ballot, null);
    case "learned":
      return executeAgain(r, record.seq, record.ballot, writtenValue(record.value, record.seq, r));
    case "leaves": {
      // Leaves of another state than the last ones begin anew: that one was never installed.
      const grown = withLeaves(fetched.seq === record.seq ? fetched.root : null, record.leaves);
      if (grown === null) throw new RecoveryError("a fetched snapshot in the log can not be read");
      fetched.seq = record.seq;
      fetched.root = grown.root;
      return;
    }
    case "installed":
      return installAgain(r, fetched, record.seq, record.stateDigest);
    case "amnesia":
      r.abstaining = true;
  }
}

function acceptAgain(r: PaxosState, seq: SeqNum, proposal: Proposal): void {
  r.promised = Math.max(r.promised, proposal.ballot) as Ballot;
  if (seq <= r.low) return;
  // What was accepted must not be forgotten.
  if (seq > r.high) throw new RecoveryError(`instance ${seq} in the log lies beyond the window, which ends at ${r.high}`);
  const instance = r.instances.at(seq);
  if (instance.accepted !== null && instance.accepted.ballot > proposal.ballot) return;
  instance.accepted = proposal;
  instance.acceptors.add(r.self);
}

function executeAgain(r: PaxosState, seq: SeqNum, ballot: Ballot, learned: Value | null): void {
  if (seq <= r.lastExecuted) return;
  if (seq !== r.nextToExecute)
    throw new RecoveryError(`the log has a hole: after instance ${r.lastExecuted} it goes on with ${seq}`);
  const instance = r.instances.at(seq);
  const value = learned ?? instance.accepted?.value ?? null;
  if (value === null) throw new RecoveryError(`instance ${seq} was executed, but its value is not in the log`);
  instance.chosen = { ballot, value };
  executeValue(r, instance.chosen);
  takeSnapshot(r);
}

function installAgain(r: PaxosState, fetched: Fetched, seq: SeqNum, stateDigest: Digest): void {
  if (seq <= r.lastExecuted) return;
  const root = fetched.seq === seq ? fetched.root : null;
  if (rootDigest(root, r.ports.hash) !== stateDigest)
    throw new RecoveryError(`the fetched snapshot at instance ${seq} in the log is not the one that was installed`);
  installState(r, { seq, stateDigest, root });
}

function writtenValue(bytes: Uint8Array, seq: SeqNum, r: PaxosState): Value {
  const value = readValue(bytes, r.ports);
  if (value === null) throw new RecoveryError(`the value of instance ${seq} in the log can not be read`);
  return value;
}
