import { byzantineQuorums, type QuorumSystem } from "../quorum.js";
import { type ReplicaConfig, windowOf } from "../replication/config.js";

/** The configuration of a replica, with what follows from it. */
export interface PbftSettings extends ReplicaConfig {
  readonly system: QuorumSystem;
  /** L of §4.2: how far the high water mark lies above the low one. */
  readonly window: number;
}

/** Checks a configuration. @throws RangeError that names the field, what was expected and what came. */
export function checkConfig(config: ReplicaConfig): PbftSettings {
  const system = byzantineQuorums(config.replicas, config.faults);
  return { ...config, system, window: windowOf(config) };
}
