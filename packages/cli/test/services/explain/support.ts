import type { ProtocolName, SlotStatus } from "@bft/core";
import type { LinkFault, ReplicaStatus } from "@bft/replica";
import { explainSlot } from "../../../src/services/explain/explain.js";
import type { ExplainKind, Explanation } from "../../../src/services/explain/explanation.js";
import type { ExplainFacts } from "../../../src/services/explain/facts.js";
import type { Subject } from "../../../src/services/explain/subject.js";
import { noTrace, type TraceFacts } from "../../../src/services/explain/trace-facts.js";
import { newModel } from "../../../src/watch/model.js";
import { observe, type WatchAction } from "../../../src/watch/observe.js";
import { isDown, isPaused, runs, START_MS, type StatusOther, said, slot, status } from "../../support/fixtures.js";

export const SEQ: Subject = { kind: "seq", seq: 12 };
export const REQUEST: Subject = { kind: "request", client: 3, timestamp: 17 };

const ALL_KINDS: Readonly<Record<ExplainKind, true>> = {
  executed: true,
  behind: true,
  collected: true,
  diverged: true,
  "waits-for-proposal": true,
  "waits-for-prepares": true,
  "waits-for-commits": true,
  "waits-for-earlier": true,
  conflict: true,
  "not-proposed": true,
  "view-change": true,
  "too-few": true,
  "cut-off": true,
  unused: true,
  "beyond-window": true,
  "not-shown": true,
  "fast-read": true,
  "refused-by-service": true,
  unanswered: true,
  refused: true,
  lost: true,
  unknown: true,
};
/** Every verdict there is. */
export const KINDS = Object.keys(ALL_KINDS) as ExplainKind[];

/** What each replica is: what it says, that it is down or paused, or null for one that starts. */
export type Said = StatusOther | "down" | "paused";

export interface Setting {
  readonly protocol?: ProtocolName;
  readonly replicas: readonly Said[];
  readonly trace?: Partial<TraceFacts>;
}

function factsFor(protocol: ProtocolName, n: number): ExplainFacts {
  const crash = protocol !== "pbft";
  const faults = Math.floor((n - 1) / (crash ? 2 : 3));
  const quorum = crash ? faults + 1 : 2 * faults + 1;
  const answers = crash ? 1 : faults + 1;
  return {
    protocol,
    replicas: n,
    faults,
    quorum,
    weakQuorum: answers,
    answers,
    clients: 16,
    checkpointInterval: 128,
    pipelineDepth: 8,
    authenticated: true,
    flag: "",
  };
}

/** Explains what is seen when the replicas say this. Nothing is in the traces unless something is given. */
export function explained(subject: Subject, { protocol = "pbft", replicas, trace = {} }: Setting): Explanation {
  const n = replicas.length;
  const actions = replicas.flatMap((each, id): WatchAction[] => {
    if (each === "down") return [isDown(id)];
    if (each === "paused") return [runs(id), said({ ...status(id, n), protocol }), isPaused(id)];
    const { machine, ...other } = each;
    const quorum = factsFor(protocol, n).quorum;
    return [runs(id), said({ ...status(id, n, { ...other, machine: { quorum, ...machine } }), protocol })];
  });
  const addresses = replicas.map((_, id) => `127.0.0.1:${40_000 + id}`);
  const signed = { auth: "signatures", crypto: "native" } as const;
  const facts = { dir: ".bft", clusterId: "00".repeat(16), protocol, service: "kv", faults: 1, quorum: 3, addresses, ...signed };
  const model = actions.reduce(observe, newModel(facts, START_MS));
  return explainSlot(factsFor(protocol, n), subject, model.replicas, { ...noTrace(""), gap: null, ...trace });
}

/** A replica that has executed up to `lastExecuted` and shows these slots. */
export function at(lastExecuted: number, slots: readonly SlotStatus[] = [], other: StatusOther = {}): StatusOther {
  return { ...other, machine: { lastExecuted, slots, ...other.machine } };
}

/** Slot 12, nothing of it decided: only what is given. */
export function open(other: Partial<SlotStatus>): SlotStatus {
  return slot(12, 4, {
    contains: [{ client: 3, timestamp: 17 }],
    prePrepared: true,
    prepares: [],
    prepared: false,
    commits: [],
    committed: false,
    executed: false,
    ...other,
  });
}

/** The links of replica `id` of `n`; this is wrong with those to `towards`. */
export function faulty(id: number, n: number, towards: readonly number[], fault: Partial<LinkFault>): ReplicaStatus["links"] {
  const sound: LinkFault = { cut: false, delayMs: 0, jitterMs: 0, drop: 0, duplicate: 0, reorder: 0 };
  return status(id, n).links.map((link) => (towards.includes(link.replica) ? { ...link, fault: { ...sound, ...fault } } : link));
}

/** What must come out in a setting. */
export interface Case extends Setting {
  readonly title: string;
  readonly subject: Subject;
  readonly kind: ExplainKind;
  readonly section: string | null;
  /** The whole sentence. */
  readonly verdict: string;
  /** Must be among the causes. */
  readonly cause?: string;
  /** Must be among what comes next. */
  readonly next?: string;
  readonly advice?: string | null;
}

/** The same of all four replicas. */
export function everybody(each: Said): readonly Said[] {
  return [each, each, each, each];
}

/** Has executed all up to 12, and shows it. */
export const executed = at(12, [slot(12)]);

/** Knows the request, and that is all. */
export const waits = { machine: { waiting: [{ client: 3, timestamp: 17 }], queued: 1, lastExecuted: 11 } };

/** The digest of another batch. */
export const other = "cd".repeat(32);

export const timer = (dueInMs: number) => [{ timer: "view-change", dueInMs }];
