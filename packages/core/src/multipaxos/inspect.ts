import { operationsIn } from "../crash/value.js";
import type { SeqNum } from "../ids.js";
import { type MachineStatus, NAMES_SHOWN, SLOTS_SHOWN, type SlotStatus } from "../machine.js";
import { namesOf } from "../replication/request-names.js";
import type { Retained } from "../trace/event.js";
import { ownerOf } from "./ballot.js";
import { type Instance, knownProposal } from "./instances.js";
import type { PaxosState } from "./state.js";

/** The state as plain data for people and checkers. */
export function inspect(r: PaxosState): MachineStatus {
  const { seq, stateDigest } = r.snapshot;
  return {
    view: r.promised,
    primary: r.leader,
    isPrimary: r.leading !== null,
    viewChange: r.entered === null ? { view: r.promised, votes: promisesFor(r) } : null,
    lastExecuted: r.lastExecuted,
    lowWaterMark: seq,
    highWaterMark: r.high,
    queued: r.pool.size,
    waiting: r.pool.oldestNames(NAMES_SHOWN),
    wants: [],
    checkpointVotes: [],
    checkpoint: { seq, stateDigest },
    abstaining: r.abstaining ? { until: null } : null,
    transfer: r.transfer && { seq: r.transfer.seq, fetched: r.transfer.next, missing: 1 },
    slots: r.instances
      .from(0 as SeqNum)
      .slice(-SLOTS_SHOWN)
      .map((instance) => slotStatus(r, instance)),
    quorum: r.system.quorum,
    retained: retained(r),
  };
}

/** Who is known to have promised the ballot in phase 1. */
function promisesFor(r: PaxosState): number[] {
  const others = [...(r.candidacy?.promises ?? [])].filter(([, { next }]) => next === null).map(([id]) => id);
  const known = new Set<number>([ownerOf(r.promised, r.system.replicas), ...others]);
  if (!r.abstaining) known.add(r.self);
  return [...known].sort((a, b) => a - b);
}

function slotStatus(r: PaxosState, instance: Instance): SlotStatus {
  const { seq, accepted, chosen, acceptors } = instance;
  const proposal = knownProposal(instance);
  return {
    seq,
    view: (accepted ?? proposal)?.ballot ?? r.promised,
    digest: proposal?.value.digest ?? null,
    requests: proposal?.value.commands.length ?? 0,
    operations: proposal === null ? 0 : operationsIn(proposal.value),
    contains: namesOf(proposal?.value.commands ?? []),
    prePrepared: accepted !== null,
    prepares: [],
    prepared: accepted !== null,
    commits: [...acceptors],
    committed: chosen !== null,
    executed: seq <= r.lastExecuted,
    contrary: [],
  };
}

function retained(r: PaxosState): Retained {
  const instances = r.instances.from(0 as SeqNum);
  return {
    slots: instances.length,
    votes: instances.reduce((total, { acceptors }) => total + acceptors.size, 0),
    requests: r.pool.size,
    batches:
      instances.reduce((total, { accepted, chosen }) => total + values(accepted, chosen), 0) + (r.leading?.inherited.size ?? 0),
    viewChanges: r.candidacy?.promises.size ?? 0,
    checkpointVotes: 0,
    snapshots: 1 + r.cursors.size,
  };
}

function values(accepted: Instance["accepted"], chosen: Instance["chosen"]): number {
  return new Set([accepted, chosen].flatMap((each) => each?.value.digest ?? [])).size;
}
