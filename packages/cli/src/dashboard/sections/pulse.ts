import { type Line, span } from "../../view/line.js";
import { compact, timeSpan } from "../../view/numbers.js";
import { type CheckpointProgress, clusterCheckpoint } from "../../watch/checkpoint.js";
import type { ClusterModel } from "../../watch/model.js";
import type { Moment } from "../../watch/past.js";
import { throughput } from "../../watch/throughput.js";
import { bar, sparkline } from "./parts.js";

/** What the sparklines show: the last two minutes. */
const SECONDS = 120;
/** From so many columns on there is room for the way to the next checkpoint. */
const CHECKPOINT_FROM = 110;

/** Throughput, round trips and, where there is room, the way to the next checkpoint. */
export function pulseLine(cluster: ClusterModel, columns: number): Line {
  const progress = columns < CHECKPOINT_FROM ? null : clusterCheckpoint(cluster.replicas);
  const others = columns < CHECKPOINT_FROM ? 38 : 90;
  const width = Math.max(4, Math.min(60, Math.floor((columns - others) / 2)));
  return [...operations(cluster, width), span("   "), ...roundTrips(cluster, width), ...checkpoint(progress, cluster)];
}

function operations({ replicas, past, nowMs }: ClusterModel, width: number): Line {
  const rate = throughput(replicas);
  const values = inBuckets(past.moments, nowMs, width, (moment) => moment.operations);
  return [
    span(" op/s ", "dim"),
    ...sparkline(values, width, "good"),
    span(` ${(rate === null ? "–" : compact(rate)).padEnd(5)}`),
  ];
}

function roundTrips({ past, nowMs }: ClusterModel, width: number): Line {
  const values = inBuckets(past.moments, nowMs, width, ({ roundTripMs }) => roundTripMs);
  const recent = past.moments.filter(({ second }) => second >= nowMs / 1000 - SECONDS);
  const last = recent.findLast(({ roundTripMs }) => roundTripMs !== null)?.roundTripMs ?? null;
  const said = (last === null ? "–" : timeSpan(last)).padEnd(8);
  return [span("round trip ", "dim"), ...sparkline(values, width, "primary"), span(` ${said}`)];
}

/** A bar of what is executed of the way, and the votes for it. */
function checkpoint(progress: CheckpointProgress | null, { facts }: ClusterModel): Line {
  if (progress === null) return [];
  const { seq, from, executed, votes } = progress;
  const said = votes.length > 0 ? ` ${votes.length} of ${facts.quorum} votes` : ` ${seq - executed} to go`;
  return [
    span(`   checkpoint ${seq} `, "dim"),
    ...bar(executed - from, seq - from, 16),
    span(said, votes.length > 0 ? "warn" : "plain"),
  ];
}

/** The last two minutes in `width` parts, each the mean of what is known in it. A part's bounds do not move with the clock. */
function inBuckets(
  moments: readonly Moment[],
  nowMs: number,
  width: number,
  take: (moment: Moment) => number | null,
): (number | null)[] {
  const seconds = Math.max(1, Math.ceil(SECONDS / width));
  const last = Math.floor((moments.at(-1)?.second ?? Math.floor(nowMs / 1000)) / seconds);
  const values: number[][] = Array.from({ length: width }, () => []);
  for (const moment of moments) {
    const value = take(moment);
    if (value !== null) values[width - 1 - (last - Math.floor(moment.second / seconds))]?.push(value);
  }
  return values.map((of) => (of.length === 0 ? null : of.reduce((a, b) => a + b, 0) / of.length));
}
