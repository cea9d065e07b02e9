import type { ClusterConfig } from "../cluster-config.js";
import { LOOPBACK } from "../ports.js";

/** The ports on which replicas serve their metrics, in order of id; none when they do not. */
export function metricsPorts({ metrics, replicas }: Pick<ClusterConfig, "metrics" | "replicas">): readonly number[] {
  return metrics === null ? [] : replicas.map(({ id }) => metrics.basePort + id);
}

/** Where a replica serves its metrics, or null. */
export function metricsUrl(config: Pick<ClusterConfig, "metrics">, id: number): string | null {
  return config.metrics === null ? null : `http://${LOOPBACK}:${config.metrics.basePort + id}/metrics`;
}
