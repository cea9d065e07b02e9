/** What a benchmark does to a cluster. Times in milliseconds; those of faults count from the beginning of the measurement. */
export interface BenchPlan {
  /** Identities of the cluster that submit. */
  readonly clients: number;
  /** Requests a second of all clients together, sent whether or not earlier ones are answered; null: each client waits for its answer. */
  readonly ratePerSecond: number | null;
  readonly operationsPerRequest: number;
  /** Share of the operations that read. */
  readonly readShare: number;
  /** A request holds reads alone or writes alone, and those that read are sent as reads (§5.1.3). */
  readonly fastReads: boolean;
  readonly valueBytes: number;
  readonly keys: number;
  readonly distribution: KeyDistribution;
  readonly warmUpMs: number;
  readonly durationMs: number;
  readonly faults: readonly PlannedFault[];
}

export const KEY_DISTRIBUTIONS = ["uniform", "zipf"] as const;
export type KeyDistribution = (typeof KEY_DISTRIBUTIONS)[number];

export interface PlannedFault {
  readonly atMs: number;
  /** As it was asked for, without its time. */
  readonly text: string;
  readonly deed: FaultDeed;
}

export type FaultDeed =
  | { readonly kind: "kill" | "restart" | "pause" | "resume"; readonly replicas: readonly number[] }
  /** Null: honest again. */
  | { readonly kind: "byzantine"; readonly replicas: readonly number[]; readonly behaviour: string | null }
  | { readonly kind: "partition"; readonly groups: readonly string[] }
  | { readonly kind: "heal" };
