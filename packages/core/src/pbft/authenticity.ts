import { bytesEqual } from "../bytes.js";
import { replicaPrincipal } from "../ids.js";
import { requestKey } from "../replication/request-pool.js";
import type { Batch } from "./batch.js";
import { requestIsProven } from "./certificates.js";
import { keepBatch, type Slot } from "./log.js";
import type { Claimed, Request } from "./messages.js";
import type { ReplicaState } from "./state.js";

/**
 * Whether the requests in a pre-prepare are their clients' own. As in Castro's BFT (TOCS '02), a backup takes them for authentic when f+1
 * replicas vouch for the batch: the primary by its pre-prepare and f other backups by their votes. One of them is correct, and the first
 * correct one to vote had no such company: it checked every signature itself.
 *
 * We differ: because our requests are signed, waiting for others saves most of the work of a backup, so all but the first f backups after
 * the primary wait for a moment before they check for themselves. Who makes them wait in vain costs one such moment a checkpoint.
 */

/** One signature is checked sooner than a vote of somebody else arrives. */
const WORTH_WAITING = 2;

export const VOUCH_TIMER = "vouch";

/**
 * On a machine that has other things to do as well, this is about ten times as long as the checking takes. Never so long that somebody who
 * does not vouch could make backups depose the primary.
 */
function waitMs({ config }: ReplicaState, { requests }: Batch): number {
  return Math.min(20 + requests.length, Math.ceil(config.viewChangeTimeoutMs / 2));
}

/** True when each request of the batch was signed by its client. */
export function requestsAreProven(r: ReplicaState, batch: Batch): boolean {
  return batch.requests.every((claim) => isKnown(r, claim) || requestIsProven(claim, r.config.clients, r.ports));
}

/** A request that came from the client itself with the same signature was checked then. */
function isKnown(r: ReplicaState, claim: Claimed<Request>): boolean {
  const known = r.pool.get(requestKey(claim.message));
  return known !== null && bytesEqual(known.payload, claim.payload) && bytesEqual(known.signature, claim.signature);
}

/** True when this backup leaves the checking of the batch to those before it, for now. */
export function mayWait(r: ReplicaState, batch: Batch): boolean {
  const { faults, replicas } = r.config;
  const place = (r.self - r.primary + replicas) % replicas;
  if (r.waitedInVain || place <= faults) return false;
  return batch.requests.filter((claim) => !isKnown(r, claim)).length >= WORTH_WAITING;
}

/** Holds the batch until enough others vouch for it, or the timer fires. */
export function wait(r: ReplicaState, slot: Slot, batch: Batch): void {
  slot.unproven = batch;
  r.emit({ kind: "start-timer", timer: VOUCH_TIMER, delayMs: waitMs(r, batch) });
}

/** Takes the batch that waits in this slot when f+1 replicas vouch for it, the primary among them. */
export function takeVouched(r: ReplicaState, slot: Slot): void {
  const { unproven } = slot;
  if (unproven === null) return;
  const vouching = new Set([r.primary]);
  for (const votes of [slot.prepares, slot.commits])
    for (const [replica, { message }] of votes) if (message.digest === unproven.digest) vouching.add(replica);
  if (vouching.size <= r.config.faults) return;
  take(slot, unproven);
  if (r.log.slots().every((each) => each.unproven === null)) r.emit({ kind: "cancel-timer", timer: VOUCH_TIMER });
}

/** Nobody vouched in time: what waits is checked here, and until the next checkpoint everything is, at once. */
export function onVouchTimer(r: ReplicaState): void {
  for (const slot of r.log.slots()) {
    const { unproven } = slot;
    if (unproven === null) continue;
    r.waitedInVain = true;
    r.touched.add(slot);
    if (requestsAreProven(r, unproven)) {
      take(slot, unproven);
      continue;
    }
    slot.unproven = null;
    slot.prePrepare = null;
    r.drop(replicaPrincipal(r.primary), "pre-prepare", "request-signature-invalid");
  }
}

function take(slot: Slot, batch: Batch): void {
  slot.unproven = null;
  keepBatch(slot, batch);
}
