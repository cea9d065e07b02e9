import type { ReplicaEvent, ReplicaStatus } from "@bft/replica";
import { type Feed, type FeedTone, withEvent, withNote } from "./feed.js";
import { type ClusterModel, type Observation, type ProcessState, type Sample, unseen } from "./model.js";
import { withRoundTrips, withTime } from "./past.js";
import { remembered } from "./remembered.js";
import { throughput } from "./throughput.js";
import { viewChangeOf } from "./view-change.js";

/** What the watcher sees, in the order in which it sees it. `atMs` is this machine's clock. */
export type WatchAction =
  | {
      readonly kind: "status";
      readonly id: number;
      readonly atMs: number;
      readonly status: ReplicaStatus;
      readonly events: readonly ReplicaEvent[];
    }
  | {
      readonly kind: "process";
      readonly id: number;
      readonly atMs: number;
      readonly process: ProcessState;
      readonly pid: number | null;
    }
  /** Clients had answers: so long each of them took, in milliseconds. */
  | { readonly kind: "round-trips"; readonly atMs: number; readonly tookMs: readonly number[] }
  | { readonly kind: "lost"; readonly id: number; readonly atMs: number }
  | { readonly kind: "tick"; readonly atMs: number };

/** A running replica that says nothing for so long does not answer. */
const SILENT_AFTER_MS = 3000;
/** Rates are taken over this time. */
const RATE_OVER_MS = 2000;

/** The model after one more thing was seen. Pure. */
export function observe(model: ClusterModel, action: WatchAction): ClusterModel {
  switch (action.kind) {
    case "status":
      return withProgress(onStatus(model, action));
    case "process":
      return onProcess(model, action);
    case "lost":
      return change(model, action.id, quiet);
    case "round-trips":
      return { ...model, past: withRoundTrips(model.past, action.tookMs) };
    case "tick":
      return onTick(model, action.atMs);
  }
}

function change(model: ClusterModel, id: number, to: (replica: Observation) => Observation): ClusterModel {
  return { ...model, replicas: model.replicas.map((replica) => (replica.id === id ? to(replica) : replica)) };
}

function onStatus(model: ClusterModel, { id, atMs, status, events }: Extract<WatchAction, { kind: "status" }>): ClusterModel {
  let feed: Feed = model.feed;
  for (const event of events) feed = withEvent(feed, id, event, model.facts.protocol);
  const next = change(model, id, (replica) => {
    const samples = withSample(replica.samples, {
      atMs,
      messages: status.messagesIn + status.messagesOut,
      operations: status.operationsExecuted,
    });
    return {
      ...replica,
      process: replica.process === "paused" ? "paused" : "running",
      pid: status.pid,
      status,
      heardAtMs: atMs,
      answers: true,
      samples,
      slots: remembered(replica.slots, status.machine),
      messagesPerSecond: rate(samples, "messages"),
      operationsPerSecond: rate(samples, "operations"),
    };
  });
  return { ...next, feed, nowMs: Math.max(model.nowMs, atMs) };
}

/** A counter that goes back is that of a new process: its predecessor's samples no longer count. */
function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last && (sample.messages < last.messages || sample.operations < last.operations)) return [sample];
  return [...samples.filter((old) => sample.atMs - old.atMs <= RATE_OVER_MS), sample];
}

function rate(samples: readonly Sample[], counter: "messages" | "operations"): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return null;
  return ((last[counter] - first[counter]) * 1000) / (last.atMs - first.atMs);
}

function onProcess(model: ClusterModel, { id, atMs, process, pid }: Extract<WatchAction, { kind: "process" }>): ClusterModel {
  const before = model.replicas[id];
  if (!before || (before.process === process && before.pid === pid)) return model;
  const note = processNote(before.process, process);
  const feed = note === null ? model.feed : withNote(model.feed, atMs, `replica ${id} ${note.text}`, note.tone);
  const next = change(model, id, (replica) => {
    if (process === "paused") return { ...quiet(replica), process, pid };
    if (process === "running" && replica.pid === pid) return { ...replica, process };
    return unseen(id, process, pid);
  });
  return { ...next, feed };
}

function processNote(before: ProcessState, now: ProcessState): { text: string; tone: FeedTone } | null {
  if (now === "down") return { text: "is down", tone: "bad" };
  if (now === "paused") return { text: "is paused", tone: "warn" };
  if (now === "running" && before === "down") return { text: "is back", tone: "good" };
  if (now === "running" && before === "paused") return { text: "goes on", tone: "good" };
  return null;
}

function quiet(replica: Observation): Observation {
  return { ...replica, answers: false, messagesPerSecond: null, operationsPerSecond: null };
}

function onTick(model: ClusterModel, atMs: number): ClusterModel {
  const silent = (replica: Observation) =>
    replica.answers && replica.heardAtMs !== null && atMs - replica.heardAtMs > SILENT_AFTER_MS;
  const replicas = model.replicas.some(silent)
    ? model.replicas.map((replica) => (silent(replica) ? quiet(replica) : replica))
    : model.replicas;
  return { ...model, replicas, nowMs: atMs, past: withTime(model.past, throughput(replicas), atMs) };
}

/** Keeps since when requests wait without progress, and a view change goes on; and starts the feed's count anew when the whole cluster did. */
function withProgress(model: ClusterModel): ClusterModel {
  const answering = model.replicas.filter((replica) => replica.answers && replica.status !== null);
  const executedTo = Math.max(0, ...answering.map((replica) => replica.status?.machine.lastExecuted ?? 0));
  const waits = answering.some((replica) => (replica.status?.machine.queued ?? 0) > 0);
  const progressed = executedTo > model.executedTo;
  const waitingSinceMs = !waits ? null : progressed || model.waitingSinceMs === null ? model.nowMs : model.waitingSinceMs;
  const restarted = executedTo < model.executedTo && answering.length === model.replicas.length;
  const feed = restarted && model.feed.executedTo > executedTo ? { ...model.feed, executedTo } : model.feed;
  const changes = viewChangeOf(model) !== null;
  const changingSinceMs = changes ? (model.changingSinceMs ?? model.nowMs) : null;
  return {
    ...model,
    feed,
    waitingSinceMs,
    changingSinceMs,
    executedTo: restarted ? executedTo : Math.max(executedTo, model.executedTo),
  };
}
