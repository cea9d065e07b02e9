import { batchOf } from "./log.js";
import {
  acceptedRecord,
  amnesiaRecord,
  batchRecord,
  executedRecord,
  newViewRecord,
  preparedRecord,
  stableRecord,
  viewChangeRecord,
} from "./records.js";
import type { ReplicaState } from "./state.js";

/**
 * Says again all that still matters of what this replica has written down, as of its stable checkpoint: with the state at that
 * checkpoint it stands for every earlier record. This is how the log on disk is bounded (§4.3).
 */
export function restate(r: ReplicaState): readonly Uint8Array[] {
  const records: Uint8Array[] = [];
  if (r.abstention !== null) records.push(amnesiaRecord(r.abstention.until));
  records.push(stableRecord(r.stable.certificate));
  const ownViewChange = r.viewChanges.get(r.self);
  if (r.inView && r.newView !== null) records.push(newViewRecord(r.newView));
  if (!r.inView && ownViewChange !== undefined) records.push(viewChangeRecord(ownViewChange));
  for (const slot of r.log.slots()) {
    const { prePrepare, certificate, committed } = slot;
    const batch = prePrepare === null ? undefined : batchOf(slot, prePrepare.message.digest);
    for (const each of slot.batches.values()) if (each !== batch) records.push(batchRecord(slot.seq, each.bytes));
    if (prePrepare !== null && batch !== undefined && slot.voted) records.push(acceptedRecord(prePrepare, batch.bytes));
    if (certificate !== null) records.push(preparedRecord(certificate));
    if (committed !== null && slot.seq <= r.lastExecuted)
      records.push(executedRecord(slot.seq, committed.view, committed.batch.bytes, committed.commits));
  }
  return records;
}
