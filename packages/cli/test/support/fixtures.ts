import type { SlotStatus } from "@bft/core";
import type { ReplicaEvent, ReplicaStatus } from "@bft/replica";
import { frameOf } from "../../src/dashboard/frame.js";
import type { Size } from "../../src/dashboard/layout.js";
import { type DashboardState, initialState } from "../../src/dashboard/state.js";
import { lineText } from "../../src/view/line.js";
import { type ClusterFacts, type ClusterModel, newModel } from "../../src/watch/model.js";
import { observe, type WatchAction } from "../../src/watch/observe.js";

export const START_MS = 1_760_000_000_000;

function facts(faults = 1): ClusterFacts {
  const addresses = Array.from({ length: 3 * faults + 1 }, (_, id) => `127.0.0.1:${40_000 + id}`);
  const common = {
    dir: ".bft",
    clusterId: "00".repeat(16),
    protocol: "pbft",
    service: "kv",
    auth: "signatures",
    crypto: "native",
  } as const;
  return { ...common, faults, quorum: 2 * faults + 1, addresses };
}

/** Three replicas of a protocol that trusts its leader, replica 0, in its first view. */
export function ofLeaders(protocol: "raft" | "multipaxos", other: Partial<ReplicaStatus["machine"]> = {}): ClusterModel {
  const addresses = [0, 1, 2].map((id) => `127.0.0.1:${40_000 + id}`);
  const model = newModel({ ...facts(), protocol, quorum: 2, addresses }, START_MS);
  return [0, 1, 2].reduce(
    (seen, id) => observe(seen, said({ ...status(id, 3, { machine: { quorum: 2, ...other } }), protocol })),
    model,
  );
}

/** A slot that a quorum of `n` executed, unless something else is said. */
export function slot(seq: number, n = 4, other: Partial<SlotStatus> = {}): SlotStatus {
  const everybody = Array.from({ length: n }, (_, id) => id);
  return {
    seq,
    view: 0,
    digest: "ab".repeat(32),
    requests: 1,
    operations: 1,
    contains: [{ client: 0, timestamp: seq }],
    prePrepared: true,
    prepares: everybody,
    prepared: true,
    commits: everybody,
    committed: true,
    executed: true,
    contrary: [],
    ...other,
  };
}

export interface StatusOther extends Omit<Partial<ReplicaStatus>, "machine"> {
  readonly machine?: Partial<ReplicaStatus["machine"]>;
}

/** What an idle honest replica of `n` says of itself. */
export function status(id: number, n = 4, { machine, ...other }: StatusOther = {}): ReplicaStatus {
  return {
    id,
    pid: 1000 + id,
    protocol: "pbft",
    service: "kv",
    behaviour: null,
    uptimeMs: 5000,
    cpuMs: 400,
    diskMs: 50,
    signatures: { made: 100, checked: 100 },
    machine: {
      view: 0,
      primary: 0,
      isPrimary: id === 0,
      viewChange: null,
      lastExecuted: 0,
      lowWaterMark: 0,
      highWaterMark: 256,
      queued: 0,
      waiting: [],
      wants: [],
      checkpointVotes: [],
      checkpoint: { seq: 0, stateDigest: "00".repeat(32) },
      abstaining: null,
      transfer: null,
      slots: [],
      quorum: 2 * ((n - 1) / 3) + 1,
      retained: { slots: 0, votes: 0, requests: 0, batches: 0, viewChanges: 0, checkpointVotes: 0, snapshots: 1 },
      ...machine,
    },
    links: Array.from({ length: n }, (_, replica) => ({
      replica,
      connected: true,
      queuedBytes: 0,
      fault: null,
      faultCounts: { cut: 0, dropped: 0, delayed: 0, duplicated: 0, reordered: 0, overflowed: 0 },
    })).filter(({ replica }) => replica !== id),
    clientsConnected: 0,
    messagesIn: 100,
    messagesOut: 100,
    bytesIn: 0,
    bytesOut: 0,
    refused: {},
    dropped: {},
    againstPeers: {},
    timers: [],
    convicted: [],
    metrics: null,
    operationsExecuted: 0,
    liesTold: 0,
    memory: { residentBytes: 70_000_000, heapUsedBytes: 20_000_000 },
    ...other,
  };
}

export function said(of: ReplicaStatus, atMs = START_MS, events: readonly ReplicaEvent["event"][] = []): WatchAction {
  return { kind: "status", id: of.id, atMs, status: of, events: events.map((event) => ({ atMs, event })) };
}

export function runs(id: number, atMs = START_MS): WatchAction {
  return { kind: "process", id, atMs, process: "running", pid: 1000 + id };
}

export function isDown(id: number, atMs = START_MS): WatchAction {
  return { kind: "process", id, atMs, process: "down", pid: null };
}

export function isPaused(id: number, atMs = START_MS): WatchAction {
  return { kind: "process", id, atMs, process: "paused", pid: 1000 + id };
}

export function seen(actions: readonly WatchAction[], faults = 1): ClusterModel {
  return actions.reduce(observe, newModel(facts(faults), START_MS));
}

/** All of 3f+1 replicas run and answer with what `of` makes for each. */
export function allUp(faults = 1, of: (id: number, n: number) => ReplicaStatus = status): WatchAction[] {
  const n = 3 * faults + 1;
  return Array.from({ length: n }, (_, id) => [runs(id), said(of(id, n))]).flat();
}

export function dashboard(actions: readonly WatchAction[], size: Size = { columns: 80, rows: 24 }, faults = 1): DashboardState {
  const behaviours = [
    { name: "equivocate", group: "primary", summary: "sends different batches to different replicas", holds: "no two differ" },
    { name: "silent", group: "primary", summary: "sends nothing", holds: "the others go on" },
    { name: "wrong-reply", group: "replies", summary: "tells the client another result", holds: "the client is not deceived" },
  ];
  const state = initialState({ facts: facts(faults), size, owned: true, behaviours, nowMs: START_MS });
  return { ...state, cluster: seen(actions, faults) };
}

/** The same cluster without signatures. */
export function unauthenticated<M extends { readonly facts: ClusterFacts }>(model: M): M {
  return { ...model, facts: { ...model.facts, auth: "none" } };
}

/** The screen as plain text, a string a row. */
export function screenOf(state: DashboardState): string[] {
  return frameOf(state).map(lineText);
}
