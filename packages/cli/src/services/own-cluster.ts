import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ClusterConfig, type CreateClusterOptions, createCluster, openLifeline } from "@bft/replica";
import type { Cluster } from "./cluster.js";
import { killAll, startAll } from "./up.js";

export interface OwnCluster {
  readonly cluster: Cluster;
  /** Ends its replicas, and deletes its folder unless it is to be kept. */
  close(keep: boolean): Promise<void>;
}

/** Starts a cluster in a temporary folder; it ends with this process in any case. @throws ClusterError, after which nothing of it is left */
export async function ownCluster(
  options: Omit<CreateClusterOptions, "dir" | "basePort">,
  replicaCommand: readonly string[],
): Promise<OwnCluster> {
  const home = await mkdtemp(path.join(tmpdir(), "bft-own-"));
  const dir = path.join(home, ".bft");
  let lifeline: { close(): Promise<void> } | null = null;
  try {
    const config: ClusterConfig = await createCluster({ ...options, dir, basePort: null });
    const cluster: Cluster = { dir, config, replicaCommand };
    lifeline = await openLifeline(dir);
    await startAll(cluster, () => undefined);
    const held = lifeline;
    return {
      cluster,
      close: async (keep) => {
        await killAll(cluster);
        await held.close();
        if (!keep) await rm(home, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await lifeline?.close();
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}
