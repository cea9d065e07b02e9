import { requestKey } from "../replication/request-pool.js";
import { batchOf, keepBatch } from "./log.js";
import type { ReplicaState } from "./state.js";

/**
 * §4.4: the pre-prepares in O of the new-view are accepted, as far as the window reaches; the rest when it moves. What they
 * name is in a pre-prepare already, so the primary does not propose it again.
 */
export function acceptProposals(r: ReplicaState): void {
  for (const prePrepare of r.proposals) {
    const { seq, digest } = prePrepare.message;
    const slot = r.log.slot(seq);
    if (slot === null || slot.prePrepare !== null) continue;
    slot.prePrepare = prePrepare;
    r.touched.add(slot);
    if (digest === r.nullBatch.digest) keepBatch(slot, r.nullBatch);
    for (const { message } of batchOf(slot, digest)?.requests ?? []) r.pool.markProposed(requestKey(message));
  }
}
