import type { ReplicaStatus } from "../admin-protocol.js";

/** What there is to be read at the moment of a scrape. Counters grow from 0 since the process started. */
export interface Observed {
  readonly status: ReplicaStatus;
  /** View changes, ballots or elections that this replica began. */
  readonly viewChangesStarted: number;
  /** Views, ballots or terms that it entered. */
  readonly viewsEntered: number;
  /** Lies found: pairs of messages that no correct replica signs. */
  readonly evidenceFound: number;
  /** Seconds since 1970. */
  readonly processStartedAt: number;
  /** How long the event loop kept what was due waiting, since the last scrape. */
  readonly loopLagSeconds: { readonly mean: number; readonly p99: number; readonly max: number };
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric of a replica's page: what it is called and means, and how it is read. */
export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Besides `cluster` and `replica`, which all have. */
  readonly labels: readonly string[];
  readonly samples: (observed: Observed) => readonly Sample[];
}

type Read = (observed: Observed) => number;

/** A value that goes up and down, without labels of its own. */
export function gauge(name: string, help: string, read: Read): Metric {
  return { name, type: "gauge", help, labels: [], samples: (observed) => [{ labels: {}, value: read(observed) }] };
}

/** A value that only grows while the process lives. */
export function counter(name: string, help: string, read: Read): Metric {
  return { ...gauge(name, help, read), type: "counter" };
}

/** 1 for true: Prometheus knows numbers only. */
export function flag(name: string, help: string, read: (observed: Observed) => boolean): Metric {
  return gauge(name, help, (observed) => Number(read(observed)));
}

/** One sample for each entry of a record, its key as the label. */
export function samplesOf(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}
