import type { ReplicaId, SeqNum } from "../ids.js";
import type { Signed } from "../machine.js";
import type { PaxosDropReason } from "./drop-reason.js";
import { follow, hearLeader } from "./following.js";
import { knownProposal } from "./instances.js";
import type { Accept, Accepted, AcceptedProposal, Ballot, Heartbeat, Prepare, Promised, Refused } from "./messages.js";
import { acceptedRecord } from "./records.js";
import type { PaxosState } from "./state.js";
import { acceptableValue } from "./values.js";

/** Proposals in one promise, and bytes of values; what is more comes with the next one. */
const PROMISE_PROPOSALS_MAX = 1024;
const PROMISE_BYTES = 1 << 20;

/**
 * Phase 1b (§2.2): a prepare request with a number higher than any that was answered is answered with a promise and what was accepted,
 * for every instance from `from` on (§3). The promise is written down first. Asked again in the same ballot, it is given again.
 */
export function onPrepare(r: PaxosState, sender: ReplicaId, { message }: Signed<Prepare>): PaxosDropReason | null {
  const { ballot, from } = message;
  if (r.abstaining) return "abstaining";
  if (ballot < r.promised) return refuse(r, sender, ballot);
  // Its leader is past phase 1.
  if (ballot === r.entered) return "duplicate";
  follow(r, ballot);
  const accepted: AcceptedProposal[] = [];
  let bytes = 0;
  let complete = true;
  for (const instance of r.instances.from(from)) {
    const proposal = knownProposal(instance);
    if (proposal === null) continue;
    bytes += proposal.value.bytes.length;
    if (accepted.length >= PROMISE_PROPOSALS_MAX || (accepted.length > 0 && bytes > PROMISE_BYTES)) {
      complete = false;
      break;
    }
    const { digest, bytes: value } = proposal.value;
    accepted.push({ seq: instance.seq, ballot: proposal.ballot, digest, bytes: value });
  }
  const promise: Promised = { kind: "promise", ballot, from, low: r.low, executed: r.lastExecuted, accepted, complete };
  r.send(sender, r.sign(promise));
  return null;
}

/** §2.5: the number of what it can not take is told, so that the proposer abandons it. */
function refuse(r: PaxosState, to: ReplicaId, ballot: Ballot): PaxosDropReason {
  if (!r.abstaining) tell(r, to, ballot);
  return "ballot-old";
}

function tell(r: PaxosState, to: ReplicaId, ballot: Ballot): void {
  r.send(to, r.sign<Refused>({ kind: "refused", ballot, promised: r.promised, executed: r.lastExecuted }));
}

/**
 * Phase 2b (§2.2): an accept request numbered n is accepted "unless it has already responded to a prepare request having a number
 * greater than n" (P1a), and written down before that is said. We differ: having accepted n, nothing below n is accepted any more,
 * as if n had been promised. A replica that has lost its disk remembers the value only to execute it.
 */
export function onAccept(r: PaxosState, leader: ReplicaId, { message, attachment }: Signed<Accept>): PaxosDropReason | null {
  const { ballot, seq, digest, chosen } = message;
  if (ballot < r.promised) return refuse(r, leader, ballot);
  hearLeader(r, leader, ballot, chosen);
  if (seq <= r.low) {
    // Chosen, executed and forgotten here: the leader must not wait for us, but catch up.
    if (!r.abstaining) tell(r, leader, ballot);
    return "below-window";
  }
  if (seq > r.high) return "above-window";
  const known = r.instances.peek(seq);
  if (known?.accepted?.ballot === ballot) {
    if (known.accepted.value.digest !== digest) return "second-value";
    answer(r, leader, { kind: "accepted", ballot, seq, digest });
    return "duplicate";
  }
  const value = acceptableValue(r, digest, attachment);
  if (typeof value === "string") return value;
  if (known !== null && known.chosen !== null && known.chosen.value.digest !== digest) return "contradicts-chosen";
  const instance = r.instances.at(seq);
  instance.accepted = { ballot, value };
  instance.acceptors.clear();
  instance.acceptors.add(leader);
  if (r.abstaining) return null;
  instance.acceptors.add(r.self);
  r.persist(acceptedRecord(seq, instance.accepted));
  answer(r, leader, { kind: "accepted", ballot, seq, digest });
  return null;
}

function answer(r: PaxosState, leader: ReplicaId, accepted: Accepted): void {
  if (!r.abstaining) r.send(leader, r.sign(accepted));
}

export function onHeartbeat(r: PaxosState, leader: ReplicaId, { message }: Signed<Heartbeat>): PaxosDropReason | null {
  const { ballot, chosen } = message;
  if (ballot < r.promised) return refuse(r, leader, ballot);
  hearLeader(r, leader, ballot, chosen as SeqNum);
  r.patience.heartbeat();
  return null;
}
