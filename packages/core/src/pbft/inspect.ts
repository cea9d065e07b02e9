import { CHECKPOINTS_SHOWN, type MachineStatus, NAMES_SHOWN, SLOTS_SHOWN, type SlotStatus } from "../machine.js";
import { namesOf } from "../replication/request-names.js";
import type { Retained } from "../trace/event.js";
import { operationCount } from "./batch.js";
import type { Slot } from "./log.js";
import { matching } from "./normal-case.js";
import type { ReplicaState } from "./state.js";

/** The state as plain data for people and checkers. */
export function inspect(r: ReplicaState): MachineStatus {
  const checkpoint = [...r.snapshots].reduce((latest, each) => (each[0] > latest[0] ? each : latest));
  return {
    view: r.view,
    primary: r.primary,
    isPrimary: r.isPrimary,
    viewChange: r.inView ? null : { view: r.view, votes: wanting(r) },
    lastExecuted: r.lastExecuted,
    lowWaterMark: r.log.low,
    highWaterMark: r.log.high,
    queued: r.pool.size,
    waiting: r.pool.oldestNames(NAMES_SHOWN),
    wants: [...r.viewChanges].map(([replica, { message }]) => ({ replica, view: message.newView })),
    checkpointVotes: [...r.checkpointVotes]
      .sort(([a], [b]) => a - b)
      .slice(-CHECKPOINTS_SHOWN)
      .map(([seq, votes]) => ({ seq, replicas: [...votes.keys()].sort((a, b) => a - b) })),
    checkpoint: { seq: checkpoint[0], stateDigest: checkpoint[1].digest },
    abstaining: r.abstention && { until: r.abstention.until },
    transfer: r.transfer && { seq: r.transfer.target.seq, fetched: r.transfer.fetched, missing: r.transfer.wanted.size },
    slots: r.log
      .slots()
      .filter((slot) => slot.prePrepare !== null || slot.committed !== null || slot.prepares.size + slot.commits.size > 0)
      .slice(-SLOTS_SHOWN)
      .map((slot) => slotStatus(r, slot)),
    quorum: r.config.system.quorum,
    retained: retained(r),
  };
}

function retained(r: ReplicaState): Retained {
  const slots = r.log.slots();
  const sum = (count: (slot: Slot) => number) => slots.reduce((total, slot) => total + count(slot), 0);
  return {
    slots: slots.length,
    votes: sum(({ prepares, commits }) => prepares.size + commits.size),
    requests: r.pool.size,
    batches: sum(({ batches }) => batches.size),
    viewChanges: r.viewChanges.size,
    checkpointVotes: [...r.checkpointVotes.values()].reduce((total, votes) => total + votes.size, 0),
    snapshots: r.snapshots.size,
  };
}

function wanting(r: ReplicaState): number[] {
  return [...r.viewChanges].filter(([, { message }]) => message.newView === r.view).map(([replica]) => replica);
}

function slotStatus(r: ReplicaState, slot: Slot): SlotStatus {
  // What committed counts, also where a lying primary proposed something else to this replica.
  const digest = slot.committed?.batch.digest ?? slot.prePrepare?.message.digest ?? null;
  const batch = slot.committed?.batch ?? (digest === null ? undefined : slot.batches.get(digest));
  const prePrepare = slot.prePrepare?.message.digest === digest ? slot.prePrepare : null;
  const prepares = digest === null ? [] : matching(slot.prepares, digest).map(({ signer }) => signer.id as number);
  return {
    seq: slot.seq,
    view: prePrepare?.message.view ?? slot.committed?.view ?? r.view,
    digest,
    requests: batch?.requests.length ?? 0,
    operations: operationCount(batch?.requests ?? []),
    contains: namesOf((batch?.requests ?? []).map(({ message }) => message)),
    prePrepared: prePrepare !== null,
    prepares: prePrepare === null ? prepares : [prePrepare.signer.id, ...prepares],
    prepared: slot.prepared && prePrepare !== null,
    commits: digest === null ? [] : matching(slot.commits, digest).map(({ signer }) => signer.id as number),
    committed: slot.committed !== null,
    executed: slot.seq <= r.lastExecuted,
    contrary: digest === null ? [] : contrary(slot, digest),
  };
}

/** Who voted here for something else than `digest`. */
function contrary({ prePrepare, prepares, commits }: Slot, digest: string): number[] {
  const others = [prePrepare, ...prepares.values(), ...commits.values()].filter(
    (vote) => vote !== null && vote.message.digest !== digest,
  );
  return [...new Set(others.flatMap((vote) => vote?.signer.id ?? []))].sort((a, b) => a - b);
}
