import { AdminClient, replicaProcess } from "@bft/replica";
import { type ClusterModel, factsOf, newModel } from "../watch/model.js";
import { observe, type WatchAction } from "../watch/observe.js";
import type { Cluster } from "./cluster.js";

/** Replicas are asked all at once; one that hangs must not keep the person waiting. */
const ANSWER_TIMEOUT_MS = 800;

/** The whole cluster at this moment: what the system says of the processes, and what each replica says of itself. */
export async function lookAt(cluster: Cluster): Promise<ClusterModel> {
  const { dir, config } = cluster;
  const seen = await Promise.all(config.replicas.map(({ id }) => lookAtReplica(dir, id)));
  return seen.flat().reduce(observe, newModel(factsOf(dir, config), Date.now()));
}

async function lookAtReplica(dir: string, id: number): Promise<readonly WatchAction[]> {
  const found = await replicaProcess(dir, id);
  const seen: WatchAction = { kind: "process", id, atMs: Date.now(), process: found?.state ?? "down", pid: found?.pid ?? null };
  if (found?.state !== "running") return [seen];
  const answer = await withDeadline(ask(dir, id), ANSWER_TIMEOUT_MS);
  return answer === null ? [seen] : [seen, { kind: "status", id, atMs: Date.now(), ...answer }];
}

/** null when it does not answer: it starts, it ends, or it hangs. */
async function ask(dir: string, id: number) {
  const admin = await AdminClient.connect(dir, id, ANSWER_TIMEOUT_MS).catch(() => null);
  if (admin === null) return null;
  try {
    return await admin.status();
  } catch {
    return null;
  } finally {
    admin.close();
  }
}

async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
