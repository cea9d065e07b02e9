import { operationsIn } from "../crash/value.js";
import { type MachineStatus, NAMES_SHOWN, SLOTS_SHOWN, type SlotStatus } from "../machine.js";
import { namesOf } from "../replication/request-names.js";
import type { Retained } from "../trace/event.js";
import type { LogEntry } from "./log.js";
import type { RaftState } from "./state.js";

/** The state as plain data for people and checkers. */
export function inspect(r: RaftState): MachineStatus {
  const { incoming } = r;
  return {
    view: r.term,
    primary: r.leader,
    isPrimary: r.isLeader,
    viewChange: r.role.kind === "candidate" ? { view: r.term, votes: [...r.role.votes] } : null,
    lastExecuted: r.lastExecuted,
    lowWaterMark: r.snapshot.seq,
    highWaterMark: r.snapshot.seq + r.window,
    queued: r.pool.size,
    waiting: r.pool.oldestNames(NAMES_SHOWN),
    wants: [],
    checkpointVotes: [],
    checkpoint: { seq: r.snapshot.seq, stateDigest: r.snapshot.stateDigest },
    abstaining: r.memoryLost ? { until: null } : null,
    transfer:
      incoming === null ? null : { seq: incoming.index, fetched: incoming.next, missing: incoming.pieces - incoming.next },
    slots: r.log.from(Math.max(r.snapshot.seq, r.log.lastIndex - SLOTS_SHOWN) + 1).map((entry) => slotStatus(r, entry)),
    quorum: r.system.quorum,
    retained: retained(r),
  };
}

function retained(r: RaftState): Retained {
  return {
    slots: r.log.length,
    votes: r.role.kind === "candidate" ? r.role.votes.size : 0,
    requests: r.pool.size,
    batches: r.log.length,
    viewChanges: 0,
    checkpointVotes: 0,
    snapshots: 1 + (incomingCount(r) + outgoingCount(r)),
  };
}

function incomingCount({ incoming }: RaftState): number {
  return incoming === null ? 0 : 1;
}

function outgoingCount({ role }: RaftState): number {
  return role.kind === "leader" ? [...role.followers.values()].filter(({ snapshot }) => snapshot !== null).length : 0;
}

function slotStatus(r: RaftState, { index, term, value }: LogEntry): SlotStatus {
  const committed = index <= r.commitIndex;
  return {
    seq: index,
    view: term,
    digest: value.digest,
    requests: value.commands.length,
    operations: operationsIn(value),
    contains: namesOf(value.commands),
    prePrepared: true,
    prepares: [],
    prepared: false,
    commits: storedAt(r, index),
    committed,
    executed: index <= r.lastExecuted,
    contrary: [],
  };
}

/** Replicas that are known to have the entry: a leader knows of all, a follower of itself and its leader. */
function storedAt(r: RaftState, index: number): readonly number[] {
  if (r.role.kind !== "leader") return [...new Set([r.self, r.leader ?? r.self])].sort((a, b) => a - b);
  const others = [...r.role.followers].filter(([, { matchIndex }]) => matchIndex >= index).map(([id]) => id as number);
  return [r.self as number, ...others].sort((a, b) => a - b);
}
