import type { ReplicaStatus } from "../admin-protocol.js";
import type { ClusterConfig } from "../cluster-config.js";
import { metricsPorts } from "./address.js";
import type { MetricsServer } from "./server.js";

export type { MetricsServer };

/**
 * Serves a replica's metrics when its cluster is to tell some; what is needed for that is loaded only then.
 * @throws ClusterError `port-busy` when its port can not be had
 */
export async function startMetrics(
  config: ClusterConfig,
  replica: number,
  status: () => ReplicaStatus,
): Promise<MetricsServer | null> {
  const port = metricsPorts(config)[replica];
  if (port === undefined) return null;
  const { MetricsServer } = await import("./server.js");
  return MetricsServer.start({ port, clusterId: config.clusterId, replica, status });
}
