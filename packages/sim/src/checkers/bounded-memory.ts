import type { Retained } from "@bft/core";
import { type Checker, type ClusterFacts, nothing } from "./checker.js";
import { violation } from "./words.js";

/** What a correct replica may keep at the most, whatever others send it, and why. */
export function boundsOf(facts: ClusterFacts): Retained {
  return facts.protocol === "pbft" ? pbftBounds(facts) : crashBounds(facts);
}

/** The log of a replica that a lying leader leads (raft/replication.ts, multipaxos/instances.ts), and the snapshots that it sends and is sent. */
function crashBounds({ replicas, clients, checkpointInterval, clientWindow }: ClusterFacts): Retained {
  // crash/kept.ts: sixteen intervals for who is behind; windows of a log that a lying leader leads; no-ops.
  const slots = 24 * checkpointInterval + 1_024;
  return {
    slots,
    votes: replicas * slots,
    requests: clients * clientWindow * replicas,
    batches: slots,
    viewChanges: replicas,
    checkpointVotes: 0,
    snapshots: 2 + replicas,
  };
}

function pbftBounds({ replicas, clients, checkpointInterval, clientWindow }: ClusterFacts): Retained {
  /** L = 2K (§4.3, config.ts): there is a slot for each number in (h, H] and for no other (log.ts). */
  const slots = 2 * checkpointInterval;
  return {
    slots,
    // A prepare and a commit of each replica (log.ts: one vote a replica, the first counts).
    votes: 2 * replicas * slots,
    // A quota of `clientWindow` for what a client sends itself and for what each other replica relays of it (request-pool.ts).
    requests: clients * clientWindow * replicas,
    // log.ts, BATCHES_PER_SLOT_MAX.
    batches: 8 * slots,
    // The latest of each replica (view-change.ts).
    viewChanges: replicas,
    // One a replica at each of the two checkpoints in (h, h + 2K] (checkpoint.ts).
    checkpointVotes: 2 * replicas,
    // The stable one, four below it that others may be fetching (checkpoint.ts, SNAPSHOTS_KEPT), and two up to H.
    snapshots: 7,
  };
}

const WORDS: Readonly<Record<keyof Retained, string>> = {
  slots: "slots",
  votes: "votes",
  requests: "requests",
  batches: "batches",
  viewChanges: "view-changes",
  checkpointVotes: "checkpoint votes",
  snapshots: "snapshots",
};
const KEPT = Object.keys(WORDS) as (keyof Retained)[];

/** What a replica keeps stays within bounds that no peer and no client can move (§4.3). */
export function boundedMemory(facts: ClusterFacts): Checker {
  const bounds = boundsOf(facts);
  return {
    name: "bounded-memory",
    interests: ["retained"],
    observe(event) {
      if (event.kind !== "retained") return null;
      const over = KEPT.find((each) => event.retained[each] > bounds[each]);
      if (over === undefined) return null;
      const what = `replica ${event.replica} keeps ${event.retained[over]} ${WORDS[over]}, where ${bounds[over]} is the most.`;
      return violation("bounded-memory", event.at, what, [event.replica]);
    },
    finish: nothing,
  };
}
