import type { ReplicaId, SeqNum } from "../ids.js";
import type { Signed } from "../machine.js";
import { nextBallot } from "./ballot.js";
import type { PaxosDropReason } from "./drop-reason.js";
import { enter, follow, hearOf } from "./following.js";
import { knownProposal, type Proposal } from "./instances.js";
import type { AcceptedProposal, Prepare, Promised } from "./messages.js";
import { due } from "./pace.js";
import type { Candidacy, PaxosState, PromiseSoFar } from "./state.js";
import { acceptableValue } from "./values.js";

/**
 * Phase 1a (§2.2): "a proposer selects a proposal number n and sends a prepare request with number n to a majority of acceptors"; one
 * request for all instances of which the choice is not known here (§3). Its own promise is written down first.
 */
export function startPhase1(r: PaxosState, because: string): void {
  const ballot = nextBallot(r.self, r.promised, r.system.replicas);
  // The numbers have run out: nobody can lead any more, and nothing is chosen wrongly.
  if (ballot === null) return;
  r.patience.stand();
  follow(r, ballot);
  const from = r.nextToExecute;
  r.candidacy = { ballot, from, startedAt: r.tick, promises: new Map() };
  r.broadcast(r.sign<Prepare>({ kind: "prepare", ballot, from }));
  r.emit({ kind: "view-change-started", view: ballot, because });
}

/**
 * Asks again who has not said everything. We differ: in the same ballot, for as long as no higher one is heard of, so that a replica
 * that is cut off does not come back with a number far above everybody else's.
 */
export function prepareAgain(r: PaxosState): void {
  const { candidacy } = r;
  if (candidacy === null || !due(r.tick - candidacy.startedAt)) return;
  for (let id = 0; id < r.system.replicas; id++) {
    const acceptor = id as ReplicaId;
    const next = candidacy.promises.has(acceptor) ? candidacy.promises.get(acceptor)?.next : candidacy.from;
    if (acceptor !== r.self && next !== null && next !== undefined) askFor(r, candidacy, acceptor, next);
  }
}

function askFor(r: PaxosState, { ballot }: Candidacy, acceptor: ReplicaId, from: SeqNum): void {
  r.send(acceptor, r.sign<Prepare>({ kind: "prepare", ballot, from }));
}

/** Phase 1b comes back: a promise, or one part of it. */
export function onPromise(r: PaxosState, from: ReplicaId, { message }: Signed<Promised>): PaxosDropReason | null {
  const { candidacy } = r;
  if (candidacy === null || candidacy.ballot !== message.ballot) return "not-a-candidate";
  const before = candidacy.promises.get(from);
  if (message.from !== (before === undefined ? candidacy.from : before.next)) return "promise-out-of-turn";
  const proposals = readProposals(r, message);
  if (proposals === null) return "promise-malformed";
  hearOf(r, from, message.executed);
  const promise: PromiseSoFar = before ?? { low: message.low, next: message.from, accepted: new Map() };
  candidacy.promises.set(from, promise);
  promise.low = message.low;
  for (const [seq, proposal] of proposals) promise.accepted.set(seq, proposal);
  const last = message.accepted.at(-1);
  promise.next = message.complete || last === undefined ? null : ((last.seq + 1) as SeqNum);
  if (promise.next !== null) askFor(r, candidacy, from, promise.next);
  return null;
}

/** The proposals of a promise; null when a correct acceptor does not send such a one. */
function readProposals(r: PaxosState, { ballot, from, low, accepted, complete }: Promised): Map<SeqNum, Proposal> | null {
  if (!complete && accepted.length === 0) return null;
  const proposals = new Map<SeqNum, Proposal>();
  let next = Math.max(from, low + 1);
  for (const each of accepted) {
    // So many instances an acceptor keeps at the most, and has accepted nothing in the ballot that it promises here (P2c).
    if (each.seq < next || each.seq > low + r.keptMax || each.ballot >= ballot) return null;
    const proposal = readProposal(r, each);
    if (proposal === null) return null;
    proposals.set(each.seq, proposal);
    next = each.seq + 1;
  }
  return proposals;
}

function readProposal(r: PaxosState, { ballot, digest, bytes }: AcceptedProposal): Proposal | null {
  const value = acceptableValue(r, digest, bytes);
  return typeof value === "string" ? null : { ballot, value };
}

/**
 * A majority has promised: this replica leads (§2.2, §3). A promise counts only once this replica has executed all that the acceptor no
 * longer keeps: an instance of which it says nothing is chosen, and must not be proposed in anew. Until then the learner catches up
 * (catch-up.ts).
 */
export function leadWhenPromised(r: PaxosState): void {
  const { candidacy } = r;
  if (candidacy === null) return;
  const promises = [...candidacy.promises.values()].filter(({ next, low }) => next === null && low <= r.lastExecuted);
  if (promises.length + 1 < r.system.quorum) return;
  const inherited = new Map<SeqNum, Proposal>();
  for (const instance of r.instances.from(r.nextToExecute)) keepHighest(inherited, instance.seq, knownProposal(instance));
  for (const { accepted } of promises)
    for (const [seq, proposal] of accepted) if (seq > r.lastExecuted) keepHighest(inherited, seq, proposal);
  r.candidacy = null;
  const { ballot } = candidacy;
  const inheritedUpTo = Math.max(r.lastExecuted, ...inherited.keys()) as SeqNum;
  r.leading = { ballot, next: r.nextToExecute, inherited, inheritedUpTo };
  enter(r, ballot);
  r.broadcast(r.sign({ kind: "heartbeat", ballot, chosen: r.lastExecuted }));
}

/** P2c: "v is the value of the highest-numbered proposal among all proposals numbered less than n accepted by the acceptors in S". */
function keepHighest(inherited: Map<SeqNum, Proposal>, seq: SeqNum, proposal: Proposal | null): void {
  const known = inherited.get(seq);
  if (proposal !== null && (known === undefined || proposal.ballot > known.ballot)) inherited.set(seq, proposal);
}
