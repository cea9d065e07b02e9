import type { SeqNum } from "../ids.js";
import type { Instance, Proposal } from "./instances.js";
import { chosenRecord } from "./learner.js";
import { acceptedRecord, amnesiaRecord, ballotRecord } from "./records.js";
import type { PaxosState } from "./state.js";

/**
 * Says again all that still matters of what this replica has written down, as of its snapshot: with the state at that snapshot it
 * stands for every earlier record.
 */
export function restate(r: PaxosState): readonly Uint8Array[] {
  const records: Uint8Array[] = [];
  if (r.abstaining) records.push(amnesiaRecord());
  records.push(ballotRecord(r.promised));
  for (const instance of r.instances.from((r.snapshot.seq + 1) as SeqNum)) {
    if (instance.accepted !== null && !r.abstaining) records.push(acceptedRecord(instance.seq, instance.accepted));
    if (instance.seq <= r.lastExecuted && hasChosen(instance)) records.push(chosenRecord(r, instance));
  }
  return records;
}

function hasChosen(instance: Instance): instance is Instance & { chosen: Proposal } {
  return instance.chosen !== null;
}
