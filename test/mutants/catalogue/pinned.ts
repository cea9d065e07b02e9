import { CALM, type Pins } from "@bft/sim";

/** Nothing goes wrong, every backup knows of every request, and there is always one waiting. */
const BUSY: Pins = {
  ...CALM,
  "delay-ms": 50,
  "timeout-ms": 1000,
  "retry-ms": 20,
  requests: 400,
  trouble: 4000,
  clients: 4,
  window: 16,
  pipeline: 1,
  batch: 4,
};

/** Batches are large enough for some to reply and others not to. */
const CROWD: Pins = { f: 1, clients: 12, requests: 200, pipeline: 1, batch: 32, trouble: 4000, "timeout-ms": 600 };

/**
 * Bugs that show only where several rare things come together: their seeds are drawn with these options pinned, and the table says so.
 * All others are hunted with nothing pinned.
 */
export const PINNED: ReadonlyMap<string, Pins> = new Map<string, Pins>([
  // A client is left out while others keep the cluster busy.
  ["timer-reset-by-others", { f: 1, liars: 1, behaviour: "censor", clients: 3 }],
  // Three leaders in a row, whose proposals for one instance differ: elections come close to one another.
  ["paxos-last-heard-value", { f: 2, "timeout-ms": 40, crashes: 12, cuts: 12 }],
  // A replica loses its disk, comes back, and stops once more before it has a snapshot.
  ["paxos-amnesia-not-recorded", { f: 1, wipes: 1, crashes: 12 }],
  // A liar was primary, and shows a proposal of its own for what others committed.
  ["short-certificate", { f: 1, liars: 1, behaviour: "thin-certificates" }],
  // A read is answered by a liar and by replicas that are behind, while a write counts already.
  ["fast-reads-beside-weak-writes", { f: 1, reads: "fast", liars: 1, behaviour: "stale-read", clients: 3, slow: 8 }],
  ["timer-not-reset", BUSY],
  ["busy-is-slow", BUSY],
  ["named-repliers-alone", CROWD],
]);

/** Mutants that show in so rare an order of events that a person wrote it: a transcript of packages/sim/test/scenarios, whatever the seed. */
export const SCRIPTED: ReadonlyMap<string, string> = new Map([["raft-commits-by-counting", "raft-figure-8"]]);
