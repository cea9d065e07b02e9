import type { ReplicaStatus } from "@bft/replica";

/** What the replicas did meanwhile, by what they say of themselves before and after; null for one that was down at either time. */
export interface ReplicaFigures {
  readonly replica: number;
  readonly operations: number;
  readonly batches: number;
  readonly messagesOut: number;
  readonly bytesOut: number;
  readonly cpuMs: number;
  /** Signatures made, and checked. */
  readonly signed: number;
  readonly verified: number;
  /** For how long records were on their way to the disk. */
  readonly diskMs: number;
}

/** Per client operation: of all replicas together, but `cpuMs` of one on average. */
export interface PerOperation {
  readonly messages: number;
  readonly bytes: number;
  readonly signed: number;
  readonly verified: number;
  readonly cpuMs: number;
}

/** The difference of two looks at one process of a replica. */
export function replicaFigures(before: ReplicaStatus, after: ReplicaStatus): ReplicaFigures | null {
  if (before.pid !== after.pid) return null;
  const grown = (of: (status: ReplicaStatus) => number) => of(after) - of(before);
  return {
    replica: after.id,
    operations: grown(({ operationsExecuted }) => operationsExecuted),
    batches: grown(({ machine }) => machine.lastExecuted),
    messagesOut: grown(({ messagesOut }) => messagesOut),
    bytesOut: grown(({ bytesOut }) => bytesOut),
    cpuMs: grown(({ cpuMs }) => cpuMs),
    signed: grown(({ signatures }) => signatures.made),
    verified: grown(({ signatures }) => signatures.checked),
    diskMs: grown(({ diskMs }) => diskMs),
  };
}

export function perOperation(replicas: readonly ReplicaFigures[], operations: number): PerOperation | null {
  if (operations === 0 || replicas.length === 0) return null;
  const sum = (of: (figures: ReplicaFigures) => number) => replicas.reduce((total, each) => total + of(each), 0);
  return {
    messages: sum(({ messagesOut }) => messagesOut) / operations,
    bytes: sum(({ bytesOut }) => bytesOut) / operations,
    signed: sum(({ signed }) => signed) / operations,
    verified: sum(({ verified }) => verified) / operations,
    cpuMs: sum(({ cpuMs }) => cpuMs) / replicas.length / operations,
  };
}

/** Operations in a batch on average, by the replica that executed most of them; null when nothing was executed. */
export function operationsPerBatch(replicas: readonly ReplicaFigures[]): number | null {
  const busiest = replicas.reduce<ReplicaFigures | null>(
    (most, each) => (each.batches > (most?.batches ?? 0) ? each : most),
    null,
  );
  return busiest === null || busiest.batches === 0 ? null : busiest.operations / busiest.batches;
}
