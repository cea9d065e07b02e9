import { access } from "node:fs/promises";
import path from "node:path";
import { type ClusterConfig, loadCluster } from "@bft/replica";
import { CliError, misuse } from "../errors.js";

/** A cluster and how to start a process of it. */
export interface Cluster {
  /** As the person named it: messages say it back. */
  readonly dir: string;
  readonly config: ClusterConfig;
  /** Arguments of `node` that start a replica process. */
  readonly replicaCommand: readonly string[];
}

/** @throws CliError, ClusterError */
export async function openCluster(dir: string, replicaCommand: readonly string[]): Promise<Cluster> {
  if (!(await clusterExists(dir)))
    throw new CliError("no-cluster", `no cluster in ${dir}; start one with: bft up${dirFlag(dir)}`);
  return { dir, config: await loadCluster(dir), replicaCommand };
}

export async function clusterExists(dir: string): Promise<boolean> {
  return access(path.join(dir, "cluster.json")).then(
    () => true,
    () => false,
  );
}

/** What to add to a command that a message proposes, so that it finds the same cluster: nothing for the usual folder. */
export function dirFlag(dir: string): string {
  if (dir === ".bft" || dir === process.env["BFT_DIR"]) return "";
  return ` --dir ${/^[\w./-]+$/.test(dir) ? dir : JSON.stringify(dir)}`;
}

/** The replica that `text` names. @throws CliError when there is none. */
export function replicaNamed(text: string, config: ClusterConfig): number {
  const last = config.replicas.length - 1;
  if (!/^\d+$/.test(text)) throw misuse(`"${text}" is not a replica; this cluster has replicas 0 to ${last}`);
  const id = Number(text);
  if (id > last) throw new CliError("no-replica", `replica ${id} does not exist; this cluster has replicas 0 to ${last}`, 2);
  return id;
}
