import { build, type Histogram } from "hdr-histogram-js";
import type { Answered } from "./load.js";

/** Points on the plot of throughput over time. */
const SLICES = 60;
const SLICE_MS_MIN = 100;
/** Latencies are kept in microseconds with three digits, up to an hour. */
const HISTOGRAM = { lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 } as const;

/** What was measured of the client side. Latencies are per request, in milliseconds. */
export interface ClientFigures {
  readonly seconds: number;
  readonly operations: number;
  readonly requests: number;
  readonly operationsPerSecond: number;
  readonly latencyMs: Latencies | null;
  /** Operations that the service refused. */
  readonly refused: number;
  /** Requests without an answer in time. */
  readonly unanswered: number;
  readonly timeline: Timeline;
}

export interface Latencies {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Throughput over time. */
export interface Timeline {
  readonly sliceMs: number;
  readonly operationsPerSecond: readonly number[];
  /** Of the requests answered in each slice; null where there was none. */
  readonly medianMs: readonly (number | null)[];
}

/** Collects the answers that come between two moments: those before are warm-up, those after came too late. */
export class Measurement {
  readonly #from: number;
  readonly #to: number;
  readonly #sliceMs: number;
  readonly #latencies = build(HISTOGRAM);
  readonly #slices: { operations: number; readonly latencies: number[] }[] = [];
  #operations = 0;
  #requests = 0;
  #refused = 0;
  #unanswered = 0;

  /** Of the monotonic clock, milliseconds. */
  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
    this.#sliceMs = Math.max(SLICE_MS_MIN, (to - from) / SLICES);
    const count = Math.max(1, Math.ceil((to - from) / this.#sliceMs - 1e-9));
    for (let slice = 0; slice < count; slice++) this.#slices.push({ operations: 0, latencies: [] });
  }

  add({ request, intendedAt, at, refused }: Answered): void {
    if (at < this.#from || at >= this.#to) return;
    if (refused === null) {
      this.#unanswered += 1;
      return;
    }
    const count = request.operations.length;
    this.#requests += 1;
    this.#operations += count;
    this.#refused += refused;
    const latencyMs = Math.max(0, at - intendedAt);
    this.#latencies.recordValue(Math.min(Math.round(latencyMs * 1000), HISTOGRAM.highestTrackableValue));
    const slice = this.#slices[Math.floor((at - this.#from) / this.#sliceMs)];
    if (slice === undefined) return;
    slice.operations += count;
    slice.latencies.push(latencyMs);
  }

  /** Operations answered so far. */
  get operations(): number {
    return this.#operations;
  }

  /** `until`: when it really ended, if that was sooner. */
  figures(until = this.#to): ClientFigures {
    const end = Math.max(this.#from + 1, Math.min(until, this.#to));
    const seconds = (end - this.#from) / 1000;
    const slices = this.#slices.slice(0, Math.max(1, Math.ceil((end - this.#from) / this.#sliceMs - 1e-9)));
    return {
      seconds,
      operations: this.#operations,
      requests: this.#requests,
      operationsPerSecond: this.#operations / seconds,
      latencyMs: this.#requests === 0 ? null : latenciesOf(this.#latencies),
      refused: this.#refused,
      unanswered: this.#unanswered,
      timeline: {
        sliceMs: this.#sliceMs,
        operationsPerSecond: slices.map(({ operations }) => (operations * 1000) / this.#sliceMs),
        medianMs: slices.map(({ latencies }) => medianOf(latencies)),
      },
    };
  }
}

function latenciesOf(histogram: Histogram): Latencies {
  const at = (percent: number) => histogram.getValueAtPercentile(percent) / 1000;
  return {
    min: histogram.minNonZeroValue / 1000,
    mean: histogram.mean / 1000,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: histogram.maxValue / 1000,
  };
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
