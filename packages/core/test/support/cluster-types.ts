import type { Effect, Input, Ports, Principal, ReplicaConfig, SavedState, Service } from "@bft/core";
import type { PbftMessage, PbftSigned } from "@bft/core/pbft";

export type PbftEffect = Effect<PbftMessage>;

/** What a replica does instead of what it would do: a liar is a wrapper around an honest replica. */
export type Behaviour = (input: Input<PbftMessage>, honest: readonly PbftEffect[]) => readonly PbftEffect[];

/** A message on its way; a test may drop it, hold it back, delay it, or put others in its place. */
export interface Envelope {
  readonly from: Principal;
  readonly to: Principal;
  readonly signed: PbftSigned;
  /** Virtual time on the way; 0 when absent. */
  readonly delayMs?: number;
}

export interface ClusterOptions {
  readonly faults?: number;
  readonly replicas?: number;
  readonly clients?: number;
  readonly service?: Service;
  readonly config?: Partial<ReplicaConfig>;
  /** Keys and hashes; real ones unless a test needs many messages. */
  readonly ports?: (self: Principal) => Ports;
  /** True: a stable checkpoint takes the place of the records before it; otherwise they are kept from the beginning. */
  readonly compact?: boolean;
  /** Default: ordered. */
  readonly reads?: "ordered" | "fast";
}

/** State at a checkpoint, and what was written down since. */
export interface Disk {
  state: SavedState["state"];
  records: Uint8Array[];
  /** How many of the last records need not be on the disk yet. */
  unsynchronised: number;
  /** What was written down is gone; the replica itself writes that down as its first record. */
  lost: boolean;
}

export function emptyDisk(): Disk {
  return { state: null, records: [], unsynchronised: 0, lost: false };
}
