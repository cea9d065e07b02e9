import { isHonest, type Observation } from "./model.js";
import { median } from "./past.js";

/**
 * Operations a second that the cluster executes: the median of what its honest replicas do. A single one may be slower, or faster
 * because it executes what it has missed.
 */
export function throughput(replicas: readonly Observation[]): number | null {
  return median(replicas.filter(isHonest).flatMap(({ operationsPerSecond }) => operationsPerSecond ?? []));
}
