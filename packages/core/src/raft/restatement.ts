import { amnesiaRecord, committedRecord, entryRecord, snapshotRecord, termRecord } from "./records.js";
import type { RaftState } from "./state.js";

/**
 * Says again all that still matters of what this replica has written down, as of its snapshot: with the saved state it stands for every
 * earlier record. This is how the log on disk is bounded (§7).
 */
export function restate(r: RaftState): readonly Uint8Array[] {
  return [
    ...(r.memoryLost ? [amnesiaRecord()] : []),
    snapshotRecord(r.snapshot.seq, r.snapshotTerm, r.log.writtenInAt(r.snapshot.seq)),
    termRecord(r.term, r.votedFor),
    ...r.log.from(r.snapshot.seq + 1).map(entryRecord),
    committedRecord(r.commitIndex),
  ];
}
