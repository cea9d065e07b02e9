import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TraceEvent } from "@bft/core";
import * as v from "valibot";
import { eventOf } from "./event-shape.js";
import { endedSchema, type HistoryHeader, historyHeaderSchema, parsedLine } from "./format.js";

export interface HistoryReaderOptions {
  /** The `history` folder of a cluster. */
  readonly folder: string;
  readonly clusterId: string;
  /** Times of other boots do not compare. */
  readonly boot: string | null;
  /** What happened later than this is left out. */
  readonly until: number;
}

/** What all clients of a cluster asked for and were told. */
export interface ReadHistories {
  /** In order of time, none later than `until`. */
  readonly events: readonly TraceEvent[];
  /** Later than this something is missing, because there was too much of it: the events end here. */
  readonly until: number;
  /** True when a client reached the bound of all histories. */
  readonly ended: boolean;
  /** Requests (`client:timestamp`) that a client handed in before this machine was started the last time. */
  readonly earlier: ReadonlySet<string>;
  /** Timestamps of which it is certain who used them: what is not in the history among them was never handed in. */
  readonly covered: readonly { readonly client: number; readonly first: number; readonly last: number }[];
  /** Where a history could not be read on, one clause each. */
  readonly damage: readonly string[];
}

/** What one process wrote. */
interface Section {
  readonly header: HistoryHeader;
  readonly events: readonly TraceEvent[];
  readonly ended: number | null;
  readonly damage: string | null;
}

/** Reads the histories of all clients there ever were. */
export function readHistories({ folder, clusterId, boot, until }: HistoryReaderOptions): ReadHistories {
  const files = namesIn(folder)
    .flatMap((name) => sectionsIn(folder, name))
    .filter(({ header }) => header.clusterId === clusterId);
  const present = files.filter(({ header }) => header.boot === boot);
  const ends = present.flatMap(({ ended }) => ended ?? []);
  const last = Math.min(until, ...ends);
  return {
    events: present
      .flatMap(({ events }) => events)
      .filter(({ at }) => at <= last)
      .sort((a, b) => a.at - b.at || rank(a) - rank(b)),
    until: last,
    ended: ends.length > 0,
    earlier: new Set(files.filter(({ header }) => header.boot !== boot).flatMap(({ events }) => events.flatMap(requestOf))),
    covered: present.flatMap(coverage),
    damage: present.flatMap(({ damage }) => damage ?? []),
  };
}

/** A request by who handed it in and when, as the protocol knows it. */
export function requestName(client: number, timestamp: number): string {
  return `${client}:${timestamp}`;
}

/** What an event hands in, if it does. */
export function requestOf(event: TraceEvent): readonly string[] {
  return event.kind === "invoked" || event.kind === "fell-back" ? [requestName(event.client, event.timestamp)] : [];
}

/** Of two things in the same microsecond nobody knows which came first: then neither request may count as the earlier one. */
function rank({ kind }: TraceEvent): number {
  return kind === "answered" ? 1 : 0;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  } catch {
    return [];
  }
}

function sectionsIn(folder: string, name: string): readonly Section[] {
  // The last part is empty, or a line that a killed process did not finish.
  const lines = readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
  const starts = lines.flatMap((line, index) => (headerOf(line) === null ? [] : [index]));
  return starts.flatMap((start, i) => readSection(lines.slice(start, starts[i + 1]), name, start + 1, i < starts.length - 1));
}

/** `isFollowed`: another process has ended the last line, if the one before was killed while it wrote it. */
function readSection(lines: readonly string[], name: string, first: number, isFollowed: boolean): readonly Section[] {
  const header = headerOf(lines[0] ?? "");
  if (header === null) return [];
  const events: TraceEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const value = parsedLine(line);
    const event = eventOf(value, { client: header.client });
    if (event !== null) {
      events.push(event);
      continue;
    }
    const ended = v.safeParse(endedSchema, value);
    if (ended.success) return [{ header, events, ended: ended.output.ended, damage: null }];
    if (value === undefined && isFollowed && index === lines.length - 1) break;
    return [{ header, events, ended: null, damage: `line ${first + index} of ${name} can not be read` }];
  }
  return [{ header, events, ended: null, damage: null }];
}

function headerOf(line: string): HistoryHeader | null {
  if (!line.startsWith('{"version":')) return null;
  const header = v.safeParse(historyHeaderSchema, parsedLine(line));
  return header.success ? header.output : null;
}

/** A client gives one timestamp after the other to what it hands in. */
function coverage({ header: { client }, events, damage }: Section): ReadHistories["covered"] {
  const timestamps = events.flatMap((event) =>
    requestOf(event).length > 0 && "timestamp" in event ? (event.timestamp ?? []) : [],
  );
  const [first] = timestamps;
  const last = timestamps.at(-1);
  return first === undefined || last === undefined || damage !== null ? [] : [{ client, first, last }];
}
