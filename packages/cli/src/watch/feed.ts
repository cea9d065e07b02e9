import type { ReplicaEvent } from "@bft/replica";
import { faultWords } from "../view/fault-words.js";
import { trustsLeader, wordsOf } from "../view/protocol-words.js";
import { replicasNamed } from "../view/text.js";

/** How much of the past is kept. */
const ENTRIES_MAX = 200;
/** Entries of different replicas that say the same within this time become one. */
const MERGE_WITHIN_MS = 10_000;
/** Batches executed within this time of each other become one entry: at high load there are hundreds a second. */
const RANGE_WITHIN_MS = 700;
/** A replica tells of 32 slots; names are kept for a few more. */
const FIRSTS_MAX = 48;

export type FeedTone = "plain" | "good" | "warn" | "bad" | "dim" | "lying";

/** One line of the feed. `text` is ready to show but for the replicas that it holds for. */
export interface FeedEntry {
  /** Tells entries apart. */
  readonly number: number;
  readonly atMs: number;
  readonly tone: FeedTone;
  /** Entries with equal keys say the same. */
  readonly key: string;
  /** Who said it; empty for what this program says itself. */
  readonly replicas: readonly number[];
  readonly text: string;
  /** Set when the entry tells of executed batches. */
  readonly executed: ExecutedRange | null;
}

export interface ExecutedRange {
  readonly from: number;
  readonly to: number;
  readonly view: number;
  readonly operations: number;
  /** The first operation of the last batch. */
  readonly first: string;
}

export interface Feed {
  readonly entries: readonly FeedEntry[];
  readonly next: number;
  /** Batches up to here are told. */
  readonly executedTo: number;
  /** The first operation of the newest batches, to name them by. */
  readonly firsts: readonly { readonly seq: number; readonly operation: string }[];
}

export const emptyFeed: Feed = { entries: [], next: 0, executedTo: 0, firsts: [] };

/** The first operation of a recent batch, or null when it is not known. */
export function firstOperation(feed: Feed, seq: number): string | null {
  return feed.firsts.find((batch) => batch.seq === seq)?.operation ?? null;
}

/** The feed with something that this program has to say. */
export function withNote(feed: Feed, atMs: number, text: string, tone: FeedTone = "plain"): Feed {
  return append(feed, { atMs, tone, key: `note ${feed.next}`, replicas: [], text, executed: null });
}

/** The feed with what `replica` told. What several replicas tell is one entry that names them all. */
export function withEvent(feed: Feed, replica: number, { atMs, event }: ReplicaEvent, protocol: string): Feed {
  if (event.kind === "executed") return withExecuted(feed, atMs, event, protocol);
  if (event.kind === "link" && event.up && !brokeBefore(feed, event.replica)) return feed;
  const { key, text, tone } = told(replica, event, protocol);
  const same = findSame(feed, key, atMs);
  if (!same) return append(feed, { atMs, tone, key, replicas: [replica], text, executed: null });
  const replicas = same.replicas.includes(replica) ? same.replicas : [...same.replicas, replica].sort((a, b) => a - b);
  return replace(feed, { ...same, replicas, text: JOINS.test(text) ? same.text : text });
}

/** Who asks for a view because others do says nothing of why they do. */
const JOINS = /: \d+ replicas ask for /;

/** Batches are told once, by the replica that executes them first; `bft status` shows how far each replica is. */
function withExecuted(
  feed: Feed,
  atMs: number,
  event: Extract<ReplicaEvent["event"], { kind: "executed" }>,
  protocol: string,
): Feed {
  if (event.seq <= feed.executedTo) return feed;
  const last = feed.entries.at(-1);
  const { seq, view, operations, first } = event;
  const firsts = [...feed.firsts.slice(-FIRSTS_MAX + 1), { seq, operation: first }];
  const moved: Feed = { ...feed, executedTo: seq, firsts: operations === 0 ? feed.firsts : firsts };
  if (last?.executed && last.executed.view === view && seq === last.executed.to + 1 && atMs - last.atMs < RANGE_WITHIN_MS) {
    const executed = { ...last.executed, to: seq, operations: last.executed.operations + operations, first };
    return replace(moved, { ...last, atMs, executed, text: executedText(executed, protocol) });
  }
  const executed = { from: seq, to: seq, view, operations, first };
  return append(moved, {
    atMs,
    tone: "good",
    key: `executed ${seq}`,
    replicas: [],
    text: executedText(executed, protocol),
    executed,
  });
}

function executedText({ from, to, operations, first }: ExecutedRange, protocol: string): string {
  if (operations === 0) return from === to ? `${from} executed: ${wordsOf(protocol).noOp}` : `${from} to ${to} executed`;
  if (from < to) return `${from} to ${to} executed, ${operations} operations, last: ${first}`;
  return `${from} executed: ${first}${operations > 1 ? ` and ${operations - 1} more` : ""}`;
}

interface Told {
  readonly key: string;
  readonly text: string;
  readonly tone: FeedTone;
}

function told(replica: number, event: Exclude<ReplicaEvent["event"], { kind: "executed" }>, protocol: string): Told {
  const words = wordsOf(protocol);
  switch (event.kind) {
    case "checkpoint-stable":
      return {
        key: `checkpoint ${event.seq}`,
        text: `${words.checkpoint} ${event.seq} ${words.checkpointDone}`,
        tone: "dim",
      };
    case "view-change-started":
      return { key: `wants ${event.view}`, text: `asks for ${words.view} ${event.view}: ${event.because}`, tone: "warn" };
    case "view-entered":
      return {
        key: `entered ${event.view}`,
        text: `entered ${words.view} ${event.view}, ${words.primary} is replica ${event.primary}`,
        tone: "good",
      };
    case "evidence": {
      const where = event.seq === null ? "" : ` for ${event.seq}`;
      // A liar goes on: of the proofs of some seconds the newest is told.
      const key = `evidence ${event.accused} ${event.message}`;
      return { key, text: `proof that replica ${event.accused} lied: two ${event.message} messages${where}`, tone: "lying" };
    }
    case "link":
      return event.up
        ? { key: `link ${event.replica} up`, text: `link to replica ${event.replica} is up`, tone: "dim" }
        : { key: `link ${event.replica} down`, text: `link to replica ${event.replica} is down`, tone: "dim" };
    case "behaviour":
      return event.behaviour === null
        ? { key: `honest ${replica}`, text: "is honest again", tone: "good" }
        : { key: `lies ${replica} ${event.behaviour}`, text: `lies from now on: ${event.behaviour}`, tone: "lying" };
    case "link-fault": {
      const what = event.fault === null ? "sound again" : faultWords(event.fault);
      const text = `${event.replicas.length === 1 ? "link" : "links"} to ${replicasNamed(event.replicas)}: ${what}`;
      return { key: `fault ${event.replicas} = ${what}`, text, tone: event.fault === null ? "good" : "warn" };
    }
    case "abstaining": {
      const until = event.until === null ? "" : ` until checkpoint ${event.until} is stable`;
      const text = trustsLeader(protocol)
        ? "has lost its disk: it follows and never votes again"
        : `has lost its records and abstains from voting${until}`;
      return { key: `abstains ${replica} ${event.until}`, text, tone: "warn" };
    }
    case "votes-again":
      return { key: `votes ${replica} ${event.seq}`, text: `votes again, from checkpoint ${event.seq} on`, tone: "good" };
    case "damaged":
      return { key: `damaged ${replica} ${event.why}`, text: event.why, tone: "bad" };
    case "refused": {
      const times = event.count > 1 ? ` (${event.count} times)` : "";
      return {
        key: `refused ${replica} ${event.from} ${event.reason}`,
        text: `refused ${event.from}: ${event.reason}${times}`,
        tone: "warn",
      };
    }
  }
}

/** A link that comes up is worth a word only if it broke: all of them come up when a cluster starts. */
function brokeBefore(feed: Feed, replica: number): boolean {
  return feed.entries.some((entry) => entry.key === `link ${replica} down`);
}

function append(feed: Feed, entry: Omit<FeedEntry, "number">): Feed {
  const entries = [...feed.entries];
  // Whoever begins to watch is told the past, by one replica after the other: it is put in the order of time.
  let place = entries.length;
  while (place > 0 && (entries[place - 1]?.atMs ?? 0) > entry.atMs) place--;
  entries.splice(place, 0, { ...entry, number: feed.next });
  if (entries.length > ENTRIES_MAX) entries.splice(0, entries.length - ENTRIES_MAX);
  return { ...feed, entries, next: feed.next + 1 };
}

function replace(feed: Feed, entry: FeedEntry): Feed {
  return { ...feed, entries: feed.entries.map((other) => (other.number === entry.number ? entry : other)) };
}

/** A recent entry with this key; a link's state is not merged over another one. */
function findSame(feed: Feed, key: string, atMs: number): FeedEntry | null {
  const topic = topicOf(key);
  for (let index = feed.entries.length - 1; index >= 0; index--) {
    const entry = feed.entries[index];
    if (!entry || atMs - entry.atMs > MERGE_WITHIN_MS) return null;
    if (entry.key === key) return entry;
    if (topicOf(entry.key) === topic) return null;
  }
  return null;
}

function topicOf(key: string): string {
  return key.replace(/ (up|down|= .*)$/, "");
}
