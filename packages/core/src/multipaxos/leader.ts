import { makeValue, noOp, type Value } from "../crash/value.js";
import type { ReplicaId, SeqNum } from "../ids.js";
import type { Signed } from "../machine.js";
import type { PaxosDropReason } from "./drop-reason.js";
import { follow, hearOf } from "./following.js";
import type { Instance } from "./instances.js";
import type { Accept, Accepted, Heartbeat, Refused } from "./messages.js";
import { due } from "./pace.js";
import { acceptedRecord } from "./records.js";
import type { Leading, PaxosState } from "./state.js";

/**
 * Phase 2a (§2.2, §3): first what phase 1 told of, instance by instance, no-ops in the gaps; then what clients asked for, while there is
 * room in pipeline and window.
 */
export function propose(r: PaxosState): void {
  const { leading } = r;
  if (leading === null) return;
  leading.next = Math.max(leading.next, r.nextToExecute) as SeqNum;
  while (leading.next <= r.high) {
    const value = nextValue(r, leading);
    if (value === null) return;
    proposeIn(r, leading, leading.next, value);
    leading.next = (leading.next + 1) as SeqNum;
  }
}

/** What is to be proposed next; null when there is nothing, or enough is on its way. */
function nextValue(r: PaxosState, { next, inherited, inheritedUpTo }: Leading): Value | null {
  const learned = r.instances.peek(next)?.chosen ?? null;
  if (learned !== null) return learned.value;
  // §3: "it could let these instances be filled by proposing a special no-op command that leaves the state unchanged".
  if (next <= inheritedUpTo) return inherited.get(next)?.value ?? noOp(r.ports);
  if (next - r.nextToExecute >= r.config.pipelineDepth) return null;
  const { batchOperationsMax: operationsMax, batchBytesMax: bytesMax } = r.config;
  const requests = r.pool.take({ operationsMax, bytesMax, othersInFlight: next > r.nextToExecute });
  if (requests.length === 0) return null;
  return makeValue(
    requests.map(({ message }) => message),
    r.ports,
  );
}

/** The leader is an acceptor too, and the first to accept: that is written down before anybody is asked. */
function proposeIn(r: PaxosState, { ballot }: Leading, seq: SeqNum, value: Value): void {
  const instance = r.instances.at(seq);
  instance.accepted = { ballot, value };
  instance.acceptors.clear();
  instance.acceptors.add(r.self);
  instance.proposedAt = r.tick;
  r.persist(acceptedRecord(seq, instance.accepted));
  r.broadcast(acceptRequest(r, seq, { ballot, value }));
  chooseAtMajority(r, instance);
}

function acceptRequest(r: PaxosState, seq: SeqNum, { ballot, value }: NonNullable<Instance["accepted"]>): Signed<Accept> {
  return r.sign<Accept>({ kind: "accept", ballot, seq, digest: value.digest, chosen: r.lastExecuted }, value.bytes);
}

/** Accept requests are asked again of those who have not accepted, until a majority has. */
export function acceptAgain(r: PaxosState): void {
  const { leading } = r;
  if (leading === null) return;
  for (const { seq, accepted, chosen, acceptors, proposedAt } of r.instances.from(r.nextToExecute)) {
    if (accepted?.ballot !== leading.ballot || chosen !== null || !due(r.tick - proposedAt)) continue;
    const signed = acceptRequest(r, seq, accepted);
    for (let id = 0; id < r.system.replicas; id++) if (!acceptors.has(id as ReplicaId)) r.send(id as ReplicaId, signed);
  }
}

export function heartbeat(r: PaxosState): void {
  if (r.leading === null) return;
  r.patience.heartbeat();
  r.broadcast(r.sign<Heartbeat>({ kind: "heartbeat", ballot: r.leading.ballot, chosen: r.lastExecuted }));
}

/** Phase 2b comes back to the distinguished learner (§2.3). */
export function onAccepted(r: PaxosState, from: ReplicaId, { message }: Signed<Accepted>): PaxosDropReason | null {
  const { ballot, seq, digest } = message;
  if (r.leading === null || r.leading.ballot !== ballot) return "not-leading";
  if (seq <= r.low) return "below-window";
  const instance = r.instances.peek(seq);
  const accepted = instance?.accepted ?? null;
  if (instance === null || accepted?.ballot !== ballot || accepted.value.digest !== digest) return "accepted-another-value";
  if (instance.acceptors.has(from)) return "duplicate";
  instance.acceptors.add(from);
  chooseAtMajority(r, instance);
  return null;
}

/** §2.1: "a value is chosen when a large enough set of acceptors have accepted it": any majority. */
function chooseAtMajority(r: PaxosState, instance: Instance): void {
  if (instance.chosen === null && instance.acceptors.size >= r.system.quorum) instance.chosen = instance.accepted;
}

/** §2.4, §2.5: who hears of a higher number abandons its own. Or it is told that it is behind, and catches up. */
export function onRefused(r: PaxosState, from: ReplicaId, { message }: Signed<Refused>): PaxosDropReason | null {
  if (r.abstaining) return "abstaining";
  follow(r, message.promised);
  hearOf(r, from, message.executed);
  return null;
}
