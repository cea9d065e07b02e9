import {
  type ClusterConfig,
  changeMetrics,
  changePorts,
  changeSettings,
  createCluster,
  killReplica,
  loadCluster,
  type MetricsWish,
  metricsUrl,
  removeCluster,
  replicaProcess,
  startReplica,
  stopReplica,
  whyNotRead,
} from "@bft/replica";
import { CliError, misuse } from "../errors.js";
import { replicasNamed } from "../view/text.js";
import { type Cluster, clusterExists, dirFlag } from "./cluster.js";
import { runsService, serviceToReplicate } from "./own-service.js";

/** What `bft up` was asked for; null where it was not said. */
export interface UpRequest {
  readonly dir: string;
  readonly faults: number | null;
  readonly protocol: ClusterConfig["protocol"] | null;
  readonly service: string | null;
  readonly durability: ClusterConfig["durability"] | null;
  readonly reads: ClusterConfig["reads"] | null;
  readonly trace: ClusterConfig["trace"] | null;
  readonly auth: ClusterConfig["auth"] | null;
  readonly crypto: ClusterConfig["crypto"] | null;
  /** How many clients may be connected at once. */
  readonly clients: number | null;
  readonly basePort: number | null;
  /** Where replicas serve their metrics. */
  readonly metrics: MetricsWish | null;
  /** Throw away what is there. */
  readonly fresh: boolean;
}

const DEFAULTS = { faults: 1, protocol: "pbft", service: "kv" } as const;

/** The cluster to start: the one that is there, or a new one. @throws CliError, ClusterError */
export async function prepareCluster(request: UpRequest): Promise<{ config: ClusterConfig; created: boolean }> {
  const { metrics } = request;
  const prepared = await clusterToStart(request);
  return metrics === null ? prepared : { ...prepared, config: await changeMetrics(request.dir, metrics) };
}

async function clusterToStart(request: UpRequest): Promise<{ config: ClusterConfig; created: boolean }> {
  const { dir, fresh, basePort } = request;
  if (await clusterExists(dir)) {
    const there = await loadCluster(dir).catch((error: unknown) => {
      if (fresh) return null;
      throw error;
    });
    if (there) await refuseIfRunning(dir, there);
    if (there && !fresh) {
      refuseIfOther(request, there);
      refuseReads(there.protocol, request.reads);
      const config = await changeSettings(dir, settingsOf(request));
      // Other metrics were asked for: where they were before must not stand in the way of the ports.
      if (request.metrics !== null) await changeMetrics(dir, "off");
      return { config: basePort === null ? config : await changePorts(dir, basePort), created: false };
    }
  }
  // Before anything is removed or made: a mistake must not cost a cluster.
  const protocol = request.protocol ?? DEFAULTS.protocol;
  refuseReads(protocol, request.reads);
  const service = await serviceToReplicate(request.service ?? DEFAULTS.service);
  if (await clusterExists(dir)) await removeCluster(dir);
  const faults = request.faults ?? DEFAULTS.faults;
  const clients = request.clients === null ? {} : { clients: request.clients };
  const signed = {
    ...(request.auth === null ? {} : { auth: request.auth }),
    ...(request.crypto === null ? {} : { crypto: request.crypto }),
  };
  const options = { dir, faults, protocol, service, basePort, ...clients, ...signed, ...settingsOf(request) };
  return { config: await createCluster(options), created: true };
}

/** The settings that were said. */
function settingsOf({ durability, reads, trace }: UpRequest): Partial<Pick<ClusterConfig, "durability" | "reads" | "trace">> {
  return {
    ...(durability === null ? {} : { durability }),
    ...(reads === null ? {} : { reads }),
    ...(trace === null ? {} : { trace }),
  };
}

async function refuseIfRunning(dir: string, config: ClusterConfig): Promise<void> {
  const at = dirFlag(dir);
  const running = await runningReplicas(dir, config);
  if (running.length === 0) return;
  const which = running.length === config.replicas.length ? "" : ` with ${replicasNamed(running)} of ${config.replicas.length}`;
  const next = `watch it with: bft dashboard${at}; stop it with: bft down${at}`;
  throw new CliError("already-running", `the cluster in ${dir} runs already${which}; ${next}`);
}

function refuseReads(protocol: ClusterConfig["protocol"], reads: UpRequest["reads"]): void {
  const why = reads === null ? null : whyNotRead(protocol, reads);
  if (why !== null) throw misuse(`--reads ${reads}: ${why}; leave --reads out`);
}

/**
 * A cluster keeps its protocol, its size and its service: its data would mean something else. So it does with signatures or without: what was
 * written down without them would be refused with them, and what is told of a cluster would hold for a part of its life only.
 */
function refuseIfOther(request: UpRequest, there: ClusterConfig): void {
  const { dir, faults, protocol, service, clients } = request;
  const at = dirFlag(dir);
  if (protocol !== null && protocol !== there.protocol) {
    const next = `continue it with: bft up${at}; or throw it away with: bft up --protocol ${protocol} --fresh${at}`;
    throw new CliError("other-protocol", `the cluster in ${dir} runs ${there.protocol}, not ${protocol}; ${next}`);
  }
  if (faults !== null && faults !== there.faults) {
    const next = `continue it with: bft up${at}; or throw it away with: bft up --f ${faults} --fresh${at}`;
    throw new CliError(
      "other-faults",
      `the cluster in ${dir} has f = ${there.faults} (${there.replicas.length} replicas), not ${faults}; ${next}`,
    );
  }
  if (clients !== null && clients !== there.clients.length) {
    const next = `continue it with: bft up${at}; or throw it away with: bft up --clients ${clients} --fresh${at}`;
    throw new CliError("other-clients", `the cluster in ${dir} knows ${there.clients.length} clients, not ${clients}; ${next}`);
  }
  if (service !== null && !runsService(dir, there, service)) {
    const next = `continue it with: bft up${at}; or throw it away with: bft up --service ${service} --fresh${at}`;
    throw new CliError("other-service", `the cluster in ${dir} runs the service ${there.service}, not ${service}; ${next}`);
  }
  for (const flag of ["auth", "crypto"] as const) {
    const wanted = request[flag];
    if (wanted === null || wanted === there[flag]) continue;
    const next = `continue it with: bft up${at}; or throw it away with: bft up --${flag} ${wanted} --fresh${at}`;
    throw new CliError(`other-${flag}`, `the cluster in ${dir} runs with --${flag} ${there[flag]}, not ${wanted}; ${next}`);
  }
}

export async function runningReplicas(dir: string, config: ClusterConfig): Promise<number[]> {
  const found = await Promise.all(config.replicas.map(({ id }) => replicaProcess(dir, id)));
  return config.replicas.map(({ id }) => id).filter((_, index) => found[index] !== null);
}

export interface StartedReplica {
  readonly id: number;
  readonly pid: number;
  readonly address: string;
  /** Where its metrics are served, or null. */
  readonly metrics: string | null;
}

/**
 * Starts all replicas at once and tells each that answers. When one cannot start, those that could are stopped again:
 * half a cluster is not what was asked for.
 */
export async function startAll(
  cluster: Cluster,
  onStarted: (replica: StartedReplica) => void,
): Promise<readonly StartedReplica[]> {
  const { dir, config, replicaCommand } = cluster;
  const outcomes = await Promise.allSettled(
    config.replicas.map(async ({ id, host, port }) => {
      const { pid } = await startReplica({ dir, id, command: replicaCommand });
      const started = { id, pid, address: `${host}:${port}`, metrics: metricsUrl(config, id) };
      onStarted(started);
      return started;
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) {
    await stopAll(cluster);
    throw failed.reason;
  }
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

/** Stops every replica of the cluster, whoever started it, and says which ran. */
export async function stopAll({ dir, config }: Cluster): Promise<number[]> {
  const ids = config.replicas.map(({ id }) => id);
  const ran = await Promise.all(ids.map((id) => stopReplica(dir, id)));
  return ids.filter((_, index) => ran[index]);
}

/** Ends every replica at once, in no order. */
export async function killAll({ dir, config }: Cluster): Promise<void> {
  await Promise.all(config.replicas.map(({ id }) => killReplica(dir, id)));
}
