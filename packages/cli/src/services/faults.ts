import { AdminClient, killReplica, pauseReplica, replicaProcess, resumeReplica, startReplica, stopReplica } from "@bft/replica";
import { CliError } from "../errors.js";
import { type Cluster, dirFlag } from "./cluster.js";

/** A person waits for the answer; a replica under load still has this long. */
const ADMIN_TIMEOUT_MS = 2000;

function notRunning({ dir }: Cluster, id: number): CliError {
  return new CliError("not-running", `replica ${id} is not running; start it with: bft restart ${id}${dirFlag(dir)}`);
}

/** Ends a replica at once (SIGKILL), as a crash would. */
export async function kill(cluster: Cluster, id: number): Promise<void> {
  if (!(await killReplica(cluster.dir, id))) throw notRunning(cluster, id);
}

/** Starts a replica; one that runs is stopped first. Resolves with its new process id when it answers. */
export async function restart(cluster: Cluster, id: number): Promise<{ pid: number; wasRunning: boolean }> {
  const wasRunning = await stopReplica(cluster.dir, id);
  const { pid } = await startReplica({ dir: cluster.dir, id, command: cluster.replicaCommand });
  return { pid, wasRunning };
}

/** Freezes a replica (SIGSTOP): it keeps its memory and its connections, and says nothing. */
export async function pause(cluster: Cluster, id: number): Promise<void> {
  const running = await replicaProcess(cluster.dir, id);
  if (running?.state === "paused") {
    throw new CliError(
      "already-paused",
      `replica ${id} is paused already; wake it with: bft resume ${id}${dirFlag(cluster.dir)}`,
    );
  }
  if (!running || !(await pauseReplica(cluster.dir, id))) throw notRunning(cluster, id);
}

/** Lets a paused replica go on (SIGCONT). */
export async function resume(cluster: Cluster, id: number): Promise<void> {
  const running = await replicaProcess(cluster.dir, id);
  if (running?.state === "running") throw new CliError("not-paused", `replica ${id} is not paused; it runs`);
  if (!running || !(await resumeReplica(cluster.dir, id))) throw notRunning(cluster, id);
}

/**
 * Makes replicas lie in this way by a shared plan, or honest again with null. Nothing changes unless all of them can hear it.
 * @throws CliError for one that does not run or is paused.
 */
export async function behave(cluster: Cluster, ids: readonly number[], behaviour: string | null): Promise<void> {
  for (const id of ids) await mustHear(cluster, id);
  await Promise.all(
    ids.map(async (id) => {
      const admin = await AdminClient.connect(cluster.dir, id, ADMIN_TIMEOUT_MS);
      try {
        await admin.behave(behaviour, ids);
      } finally {
        admin.close();
      }
    }),
  );
}

async function mustHear(cluster: Cluster, id: number): Promise<void> {
  const running = await replicaProcess(cluster.dir, id);
  if (!running) throw notRunning(cluster, id);
  if (running.state === "paused") {
    throw new CliError(
      "paused",
      `replica ${id} is paused and hears nothing; wake it with: bft resume ${id}${dirFlag(cluster.dir)}`,
    );
  }
}
