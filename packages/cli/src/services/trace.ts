import type { TraceEvent } from "@bft/core";
import {
  ClusterTrace,
  type MergedHeader,
  mergedHeaderLine,
  readMerged,
  replicaProcess,
  type TraceWindow,
  traceNow,
} from "@bft/replica";
import type { Chart } from "../chart/chart.js";
import { drawn } from "../chart/draw.js";
import type { Known } from "../chart/scope.js";
import type { Selection } from "../chart/selection.js";
import { CliError } from "../errors.js";
import { wordsOf } from "../view/protocol-words.js";
import { listed } from "../view/text.js";
import type { Cluster } from "./cluster.js";

/** Where the events of a chart come from. */
export interface TraceSource {
  readonly header: MergedHeader;
  /** In causal order, at least those that `selection` needs; all with null. May be called again. */
  read(selection: Selection | null): Iterable<TraceEvent>;
  /** Where what was read last could not be read on, a clause each. */
  damage(): readonly string[];
  /** Why it may tell of nothing, as a clause, or null. */
  readonly silence: string | null;
}

/** Of the end of each replica's trace so much is read, and for each slot so much more. */
const END_BYTES = 1 << 20;
const SLOT_BYTES = 128 << 10;
/** Names of views in a message. */
const VIEWS_NAMED = 8;

/**
 * The chart of what the replicas and clients of a cluster wrote down, until now. Nothing is asked of the replicas.
 * @throws CliError when the trace does not tell of it; its message says of what it tells
 */
export async function chartOf(cluster: Cluster, selection: Selection): Promise<Chart> {
  return chartFrom(await clusterSource(cluster), selection);
}

/** @throws CliError as above */
export function chartFrom(source: TraceSource, selection: Selection): Chart {
  const result = drawn(source.header, selection, () => source.read(selection));
  if (result.ok) return result.chart;
  // What there is at all is found out only now: it takes all of the trace.
  const whole = drawn(source.header, selection, () => source.read(null));
  if (whole.ok) return whole.chart;
  const why = notThere(selection, whole.known, source.header.protocol);
  const silence = source.silence === null ? "" : `; ${source.silence}`;
  const damage = source.damage().map((what) => `; ${what}`);
  throw new CliError("not-traced", `${why}${silence}${damage.join("")}`);
}

/** The traces of a cluster. A replica that does not run now, while others do, has ended after its last event. */
export async function clusterSource({ dir, config }: Cluster): Promise<TraceSource> {
  const { protocol, replicas, faults, limits } = config;
  const running = await Promise.all(replicas.map(async ({ id }) => (await replicaProcess(dir, id)) !== null));
  const down = new Set(running.includes(true) ? running.flatMap((up, id) => (up ? [] : [id])) : []);
  const until = traceNow();
  let last: ClusterTrace | null = null;
  return {
    header: { protocol, replicas: replicas.length, faults },
    read: (selection) => {
      const window = windowOf(selection, 2 * limits.checkpointInterval);
      last = new ClusterTrace(dir, config, until, window, last?.histories ?? null);
      return last.causalEvents(down);
    },
    damage: () => (last === null ? [] : damageOf(last)),
    silence: config.trace === "off" ? "its replicas trace nothing; they do from then on with: bft up --trace full" : null,
  };
}

function damageOf(trace: ClusterTrace): readonly string[] {
  return trace.summaries().flatMap(({ replica, damage }) => {
    return damage === null ? [] : [`the trace of replica ${replica} is read no further: ${damage}`];
  });
}

function windowOf(selection: Selection | null, ahead: number): TraceWindow {
  switch (selection?.kind) {
    case undefined:
      return { kind: "all" };
    case "seq":
      return { kind: "seq", seq: selection.seq, ahead };
    case "view":
      return { kind: "view", view: selection.view };
    case "last":
      return { kind: "end", bytes: END_BYTES + selection.count * SLOT_BYTES };
  }
}

/** A merged trace that was written to a file. @throws CliError when it is none */
export function fileSource(path: string): TraceSource {
  const read = readMerged(path);
  if ("problem" in read)
    throw new CliError(
      "bad-trace",
      `${path} is not a trace: ${read.problem}; write one with: bft trace --events --output ${path}`,
      2,
    );
  let damage: string | null = null;
  return {
    header: read.header,
    read: () =>
      read.events((what) => {
        damage = `${path} is read no further: ${what}`;
      }),
    damage: () => (damage === null ? [] : [damage]),
    silence: null,
  };
}

/** A merged trace as lines, its header first. */
export function* traceLines({ header, read }: TraceSource): Generator<string> {
  yield mergedHeaderLine(header);
  for (const event of read(null)) yield JSON.stringify(event);
}

function notThere(selection: Selection, { seqs, views }: Known, protocol: string): string {
  const words = wordsOf(protocol);
  const many = words.seq === "index" ? "indexes" : `${words.seq}s`;
  if (selection.kind === "view") {
    const told = views.length === 0 ? `it tells of no ${words.viewChange}` : `it tells of ${words.view} ${viewsNamed(views)}`;
    const began = selection.view === 0 ? `; ${words.view} 0 is where a cluster begins` : "";
    return `the trace does not tell how ${words.view} ${selection.view} came about; ${told}${began}`;
  }
  if (seqs === null) return 'the trace tells of nothing that was ordered yet; have something ordered with: bft submit "set x 1"';
  const there = seqs.first === seqs.last ? `${seqs.first} only` : `${seqs.first} to ${seqs.last}`;
  const asked = selection.kind === "seq" ? `${words.seq} ${selection.seq}` : `the last ${many}`;
  return `the trace does not tell of ${asked}; it tells of ${there}`;
}

function viewsNamed(views: readonly number[]): string {
  const last = views.slice(-VIEWS_NAMED);
  return views.length > last.length ? `${listed(last)} and ${views.length - last.length} earlier ones` : listed(last);
}
