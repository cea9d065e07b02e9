import { noOp } from "../crash/value.js";
import type { ReplicaId } from "../ids.js";
import type { Signed } from "../machine.js";
import type { RaftDropReason } from "./drop-reason.js";
import type { Index, RequestVote, Term, Vote } from "./messages.js";
import { appendOwn, tellFollowers } from "./replication.js";
import type { Progress, RaftState } from "./state.js";

export const ELECTION_TIMER = "election";
export const HEARTBEAT_TIMER = "heartbeat";

const TERM_MAX = Number.MAX_SAFE_INTEGER;

/** §5.2: randomized election timeouts; how they are drawn, and doubled with each election, stands with `Patience`. */
function electionTimeoutMs(r: RaftState): number {
  const drawn = r.patience.drawMs(r.config.viewChangeTimeoutMs, r.self, r.term, r.ports);
  // A new cluster has no leader that could be deposed: the first election comes soon, and not at the same time everywhere.
  return r.term === 0 && r.log.lastIndex === 0 ? (r.self + 1) * r.heartbeatMs : drawn;
}

/** The timer runs wherever no leader is: who leads needs none, and who may not vote may not stand either. */
export function setElectionTimer(r: RaftState): void {
  if (!r.timerIsDue) return;
  r.timerIsDue = false;
  if (r.isLeader || r.memoryLost) return r.emit({ kind: "cancel-timer", timer: ELECTION_TIMER });
  r.emit({ kind: "start-timer", timer: ELECTION_TIMER, delayMs: electionTimeoutMs(r) });
}

/** §5.2: a follower that hears from no leader begins an election in the next term. */
export function onElectionTimer(r: RaftState): void {
  if (r.isLeader || r.memoryLost || r.term >= TERM_MAX) return;
  const because = r.leader === null ? "no leader was elected in time" : `nothing was heard of leader ${r.leader} in time`;
  r.setTerm((r.term + 1) as Term, r.self);
  r.role = { kind: "candidate", votes: new Set([r.self]) };
  r.patience.stand();
  r.timerIsDue = true;
  r.emit({ kind: "view-change-started", view: r.term, because });
  const { lastIndex: lastLogIndex, lastTerm: lastLogTerm } = r.log;
  r.broadcast(r.sign<RequestVote>({ kind: "request-vote", term: r.term, lastLogIndex, lastLogTerm }));
  winWithMajority(r);
}

/**
 * §5.2: one vote a term, first come first served; §5.4.1: and only for a candidate whose log is at least as up to date as this one's.
 * The term is this replica's by now.
 */
export function onRequestVote(r: RaftState, from: ReplicaId, { message }: Signed<RequestVote>): void {
  const free = r.votedFor === null || r.votedFor === from;
  const granted = message.term === r.term && free && !r.memoryLost && isUpToDate(r, message);
  if (granted) {
    if (r.votedFor === null) r.setTerm(r.term, from);
    r.timerIsDue = true;
  }
  r.send(from, r.sign<Vote>({ kind: "vote", term: r.term, granted }));
}

/** §5.4.1: the log with the later last term is more up to date; of equal last terms the longer one. */
function isUpToDate(r: RaftState, { lastLogTerm, lastLogIndex }: RequestVote): boolean {
  if (lastLogTerm !== r.log.lastTerm) return lastLogTerm > r.log.lastTerm;
  return lastLogIndex >= r.log.lastIndex;
}

export function onVote(r: RaftState, from: ReplicaId, { message }: Signed<Vote>): RaftDropReason | null {
  if (message.term < r.term) return "old-term";
  if (r.role.kind !== "candidate") return "not-asked-for";
  if (!message.granted) return null;
  r.role.votes.add(from);
  winWithMajority(r);
  return null;
}

/** §5.2: votes of a majority make a leader. §8: it begins its term with a no-op, to find out what is committed. */
function winWithMajority(r: RaftState): void {
  if (r.role.kind !== "candidate" || r.role.votes.size < r.system.quorum) return;
  const followers = new Map<ReplicaId, Progress>();
  for (let id = 0; id < r.config.replicas; id++)
    if (id !== r.self) followers.set(id as ReplicaId, progressAfter(r.log.lastIndex));
  r.role = { kind: "leader", followers };
  r.leader = r.self;
  r.pool.clear();
  r.timerIsDue = true;
  r.emit({ kind: "view-entered", view: r.term, primary: r.self });
  r.emit({ kind: "start-timer", timer: HEARTBEAT_TIMER, delayMs: r.heartbeatMs });
  appendOwn(r, noOp(r.ports));
  // Figure 2: at once, so that nobody else stands; it holds the no-op.
  tellFollowers(r, followers);
}

/** Figure 2: nextIndex begins behind the leader's log, matchIndex at 0. */
function progressAfter(lastIndex: Index): Progress {
  return { nextIndex: (lastIndex + 1) as Index, matchIndex: 0 as Index, counts: true, probing: false, snapshot: null };
}
