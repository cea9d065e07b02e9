import type { ReplicaId } from "../ids.js";
import { WIRE_LIMITS } from "./codec.js";

/** What all replicas of a cluster agree on, and which one this is; the same for every protocol. */
export interface ReplicaConfig {
  readonly self: ReplicaId;
  readonly replicas: number;
  readonly faults: number;
  /** Clients have the ids 0 .. clients-1. */
  readonly clients: number;
  /** K of §4.3: batches between two checkpoints, or two snapshots of the log. The window L is 2K. */
  readonly checkpointInterval: number;
  /**
   * How long a replica waits before it asks for another view (§4.4), ballot or term: the election timeout. Doubles with each
   * attempt that fails.
   */
  readonly viewChangeTimeoutMs: number;
  /** How often a replica looks for what it lacks and says where it stands; the heartbeat of a leader. */
  readonly statusIntervalMs: number;
  /** Sequence numbers that the primary or leader keeps in flight before requests queue up for a larger batch. */
  readonly pipelineDepth: number;
  readonly batchOperationsMax: number;
  readonly batchBytesMax: number;
  readonly operationBytesMax: number;
  /** Requests that one client may have outstanding, and results that are kept for it. */
  readonly clientWindow: number;
}

/** The window that goes with a configuration: 2K. @throws RangeError that names the field, what was expected and what came. */
export function windowOf(config: ReplicaConfig): number {
  between(config.replicas, 1, WIRE_LIMITS.replicasMax, "replicas");
  between(config.self, 0, config.replicas - 1, "self");
  between(config.clients, 0, 0xffff_ffff, "clients");
  between(config.checkpointInterval, 1, WIRE_LIMITS.slotsMax / 2, "checkpointInterval");
  between(config.viewChangeTimeoutMs, 1, 3_600_000, "viewChangeTimeoutMs");
  between(config.statusIntervalMs, 1, 3_600_000, "statusIntervalMs");
  between(config.pipelineDepth, 1, 2 * config.checkpointInterval, "pipelineDepth");
  between(config.batchOperationsMax, 1, 16_384, "batchOperationsMax");
  between(config.batchBytesMax, 1024, 4 << 20, "batchBytesMax");
  between(config.operationBytesMax, 1, WIRE_LIMITS.operationLengthMax, "operationBytesMax");
  between(config.clientWindow, 1, 1024, "clientWindow");
  return 2 * config.checkpointInterval;
}

function between(value: number, min: number, max: number, field: string): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${field} must be an integer from ${min} to ${max}, got ${value}`);
}
