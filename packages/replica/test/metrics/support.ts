import type { ReplicaStatus } from "../../src/admin-protocol.js";
import type { Observed } from "../../src/metrics/metric.js";

const NO_FAULTS = { cut: 0, dropped: 0, delayed: 0, duplicated: 0, reordered: 0, overflowed: 0 };

/** Replica 1 of four, after a busy minute. */
export const STATUS: ReplicaStatus = {
  id: 1,
  pid: 4711,
  protocol: "pbft",
  service: "kv",
  behaviour: "equivocate",
  uptimeMs: 60_000,
  memory: { residentBytes: 70_000_000, heapUsedBytes: 20_000_000 },
  cpuMs: 1500,
  diskMs: 250,
  signatures: { made: 40, checked: 120 },
  machine: {
    view: 3,
    primary: 3,
    isPrimary: false,
    viewChange: { view: 4, votes: [1] },
    lastExecuted: 12,
    lowWaterMark: 0,
    highWaterMark: 256,
    queued: 2,
    waiting: [],
    wants: [],
    checkpointVotes: [],
    checkpoint: { seq: 0, stateDigest: "00".repeat(32) },
    abstaining: null,
    transfer: { seq: 128, fetched: 1, missing: 2 },
    slots: [slot(12, true, true), slot(13, true, false), slot(14, false, false)],
    quorum: 3,
    retained: { slots: 14, votes: 30, requests: 2, batches: 13, viewChanges: 1, checkpointVotes: 0, snapshots: 1 },
  },
  links: [0, 2, 3].map((replica) => ({
    replica,
    connected: replica !== 3,
    queuedBytes: replica === 2 ? 77 : 0,
    fault: replica === 2 ? { cut: true, delayMs: 0, jitterMs: 0, drop: 0, duplicate: 0, reorder: 0 } : null,
    faultCounts: { ...NO_FAULTS, cut: replica === 2 ? 9 : 0 },
  })),
  clientsConnected: 1,
  messagesIn: 100,
  messagesOut: 90,
  bytesIn: 10_000,
  bytesOut: 9_000,
  refused: { "signature-invalid": 2 },
  dropped: { "old-view": 5, duplicate: 1 },
  againstPeers: {
    "replica 2": { "signature-invalid": 2, "old-view": 3 },
    "client 0": { duplicate: 1 },
    "client 17": { "old-view": 2 },
  },
  timers: [],
  convicted: [2],
  metrics: null,
  operationsExecuted: 34,
  liesTold: 6,
};

export const OBSERVED: Observed = {
  status: STATUS,
  viewChangesStarted: 4,
  viewsEntered: 3,
  evidenceFound: 1,
  processStartedAt: 1_700_000_000.5,
  loopLagSeconds: { mean: 0.001, p99: 0.01, max: 0.02 },
};

function slot(seq: number, prePrepared: boolean, executed: boolean): ReplicaStatus["machine"]["slots"][number] {
  const digest = prePrepared ? "ab".repeat(32) : null;
  const votes = { prepares: [], prepared: executed, commits: [], committed: executed, executed, contrary: [] };
  return { seq, view: 3, digest, requests: 1, operations: 1, contains: [], prePrepared, ...votes };
}
