import { ClusterError, ClusterTrace, traceNow } from "@bft/replica";
import { CliError } from "../errors.js";
import type { ClusterModel } from "../watch/model.js";
import { checkClients } from "./check-history.js";
import { livenessLine, livenessOf, stateLine } from "./check-live.js";
import { type CheckReport, reportOf } from "./check-report.js";
import { checkTrace } from "./check-trace.js";
import type { Cluster } from "./cluster.js";
import { lookAt } from "./status.js";

/** By then what a replica did is in its trace: it hands it over several times a second. */
const SETTLE_MS = 500;
const POLL_MS = 100;

/**
 * Judges a cluster by what its replicas and clients wrote down until now, and by what its running replicas say. Changes nothing.
 * `onStep` is told what is done now, as it may take a while.
 * `withinMs`: how long requests may wait, and a view change or election may last, before it is no liveness.
 * @throws CliError, ClusterError
 */
export async function checkCluster(cluster: Cluster, withinMs: number, onStep: (doing: string) => void): Promise<CheckReport> {
  onStep("asking the replicas");
  const first = await lookAt(cluster);
  const until = traceNow();
  const live = await watchLiveness(cluster, first, withinMs);
  onStep("reading the traces");
  const trace = new ClusterTrace(cluster.dir, cluster.config, until);
  const { lines, liars, history } = checkTrace(trace, cluster.config, executedBy(first));
  onStep("looking for an order of what the clients saw");
  const clients = checkClients(cluster, trace, history);
  return reportOf([...lines, clients, stateLine(live.model, liars), live.line], liars);
}

/** Looks again and again until all is well, or nothing can be told, or time is up; at least until the traces have settled. */
async function watchLiveness(cluster: Cluster, first: ClusterModel, withinMs: number) {
  const began = performance.now();
  const waited = () => performance.now() - began;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, waited() < SETTLE_MS ? SETTLE_MS : POLL_MS));
    const model = await lookAt(cluster);
    const state = livenessOf(first, model);
    if (state.kind !== "not-yet" || waited() > withinMs) return { model, line: livenessLine(state, waited()) };
  }
}

/** Does `work`; when it fails with a reason for a person, the exit code is that of "unknown": 1 would say that something is violated. */
export async function knownOrNot<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError || error instanceof ClusterError) throw new CliError(error.code, error.message, 2);
    throw error;
  }
}

/** What each replica that answers says to have executed. */
function executedBy({ replicas }: ClusterModel): ReadonlyMap<number, number> {
  return new Map(replicas.flatMap(({ id, status }) => (status === null ? [] : [[id, status.machine.lastExecuted] as const])));
}
