/** One second of the cluster's life, for the sparklines. */
export interface Moment {
  /** When the second ended, in whole seconds since 1970. */
  readonly second: number;
  /** Operations a second, as `throughput` says; null while nobody could say. */
  readonly operations: number | null;
  /** The median of the round trips that clients finished in it, in milliseconds; null when none did. */
  readonly roundTripMs: number | null;
}

/** The last minutes: what happened in each second, and what is known of the present one. */
export interface Past {
  readonly moments: readonly Moment[];
  /** Round trips that were finished since the last moment, in milliseconds. */
  readonly roundTrips: readonly number[];
}

export const nothingPast: Past = { moments: [], roundTrips: [] };

/** Three minutes. */
const MOMENTS_MAX = 180;
/** More than enough for a median. */
const ROUND_TRIPS_MAX = 1000;

export function withRoundTrips(past: Past, roundTripsMs: readonly number[]): Past {
  return { ...past, roundTrips: [...past.roundTrips, ...roundTripsMs].slice(-ROUND_TRIPS_MAX) };
}

/** Ends the second that is over at `atMs`, in which so many operations were executed. Seconds in which this program slept are left out. */
export function withTime(past: Past, operations: number | null, atMs: number): Past {
  const second = Math.floor(atMs / 1000);
  const last = past.moments.at(-1)?.second;
  if (last !== undefined && second <= last) return past;
  const moment = { second, operations, roundTripMs: median(past.roundTrips) };
  return { moments: [...past.moments, moment].slice(-MOMENTS_MAX), roundTrips: [] };
}

/** The middle one, the lower of two. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
