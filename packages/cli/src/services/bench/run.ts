import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterClient, type ClusterConfig, type ReplicaStatus } from "@bft/replica";
import { CliError, misuse } from "../../errors.js";
import { votes } from "../../watch/model.js";
import type { Cluster } from "../cluster.js";
import { lookAt } from "../status.js";
import { operationsPerBatch, type PerOperation, perOperation, type ReplicaFigures, replicaFigures } from "./cluster-figures.js";
import { CoreUse } from "./core-use.js";
import { checkFaults, type DoneFault, doFault } from "./deeds.js";
import { type Limit, limitOf } from "./limit.js";
import { closedLoop, type LoadOptions, openLoop, type Submitter } from "./load.js";
import { type ClientFigures, Measurement } from "./measurement.js";
import type { BenchPlan } from "./plan.js";
import { BENCH_SERVICES, type BenchService, Workload } from "./workload.js";

/** Requests without an answer after this are counted as unanswered. */
const ANSWER_TIMEOUT_MS = 10_000;
/** What is under way at the end may still take so long; it is not measured. */
const END_GRACE_MS = 1_000;
/** How often it is looked at the primary's window. */
const LOOK_MS = 500;
/** Operations of the preparation in one request. */
const PREPARED_AT_ONCE = 100;

/** What a benchmark found out. */
export interface BenchReport {
  readonly plan: BenchPlan;
  readonly cluster: BenchedCluster;
  /** Cores of this machine. */
  readonly coreCount: number;
  readonly clients: ClientFigures;
  /** Requests that an open loop had to send and could not; 0 in a closed one. */
  readonly neverSent: number;
  readonly replicas: readonly ReplicaFigures[];
  readonly perOperation: PerOperation | null;
  readonly operationsPerBatch: number | null;
  readonly faults: readonly DoneFault[];
  readonly limit: { readonly limit: Limit; readonly sentence: string };
}

export interface BenchedCluster {
  readonly protocol: string;
  readonly replicas: number;
  readonly faults: number;
  readonly service: string;
  readonly durability: string;
  readonly reads: string;
  readonly trace: string;
  /** `none`: nothing was signed or checked; the figures are of no use but to tell what signatures cost. */
  readonly auth: ClusterConfig["auth"];
  readonly crypto: ClusterConfig["crypto"];
}

export interface BenchProgress {
  readonly phase: "prepares" | "warms-up" | "measures";
  /** Of this phase. */
  readonly elapsedMs: number;
  readonly ofMs: number;
  /** Measured so far. */
  readonly operations: number;
}

/**
 * Puts load on a running cluster, as the plan says. Ends early, with what was measured so far, when `stopped` says so.
 * @throws CliError when the plan does not fit the cluster.
 */
export async function runBench(
  cluster: Cluster,
  plan: BenchPlan,
  stopped: () => boolean,
  onProgress: (progress: BenchProgress) => void,
): Promise<BenchReport> {
  const { config } = cluster;
  const service = serviceOf(config.service);
  if (plan.clients > config.clients.length)
    throw misuse(
      `--clients ${plan.clients}: this cluster has ${config.clients.length} client identities; start one with more: bft up --fresh --clients ${plan.clients}`,
    );
  if (plan.fastReads && config.reads !== "fast")
    throw misuse("--fast-reads: this cluster orders its reads; start it with: bft up --reads fast");
  checkFaults(plan.faults, cluster, plan.durationMs);
  const clients = await openClients(cluster.dir, plan.clients);
  try {
    const workload = new Workload(plan, service, Math.random);
    onProgress({ phase: "prepares", elapsedMs: 0, ofMs: 0, operations: 0 });
    await prepare(clients, workload.preparation());
    return await measure(cluster, plan, clients, workload, stopped, onProgress);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

function serviceOf(name: string): BenchService {
  const known = BENCH_SERVICES.find((service) => service === name);
  if (known !== undefined) return known;
  throw new CliError(
    "no-workload",
    `no operations can be made up for the service ${name}; bench one of ${BENCH_SERVICES.join(", ")}`,
    2,
  );
}

async function openClients(dir: string, count: number): Promise<readonly ClusterClient[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => ClusterClient.open(dir)));
  const clients = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = opened.find((each) => each.status === "rejected");
  if (failed === undefined) return clients;
  await Promise.all(clients.map((client) => client.close()));
  throw failed.reason;
}

async function prepare(clients: readonly ClusterClient[], operations: readonly string[]): Promise<void> {
  const [client] = clients;
  for (let first = 0; first < operations.length; first += PREPARED_AT_ONCE)
    await client?.submit(operations.slice(first, first + PREPARED_AT_ONCE), { linger: false });
}

async function measure(
  cluster: Cluster,
  plan: BenchPlan,
  clients: readonly ClusterClient[],
  workload: Workload,
  stopped: () => boolean,
  onProgress: (progress: BenchProgress) => void,
): Promise<BenchReport> {
  const now = () => performance.now();
  const began = now();
  const from = began + plan.warmUpMs;
  const to = from + plan.durationMs;
  const measurement = new Measurement(from, to);
  const ended = () => now() >= to || stopped();
  const load: LoadOptions = {
    submitters: clients.map((client) => submitter(client, () => to - now())),
    next: () => workload.next(),
    onAnswered: (answered) => measurement.add(answered),
    ended,
    now,
  };
  const { ratePerSecond } = plan;
  const loading = ratePerSecond === null ? closedLoop(load).then(() => 0) : openLoop(load, ratePerSecond, sleep);
  const until = async (at: number) => {
    while (now() < at && !stopped()) {
      onProgress(progressAt(now(), began, from, plan, measurement.operations));
      await sleep(Math.min(LOOK_MS, Math.max(1, at - now())));
    }
  };

  await until(from);
  const before = await statuses(cluster);
  const use = new CoreUse();
  const faults = plan.faults.map((fault) => faultAt(cluster, fault, from, now, stopped));
  const looks = lookAgain(cluster, ended);
  await until(to);
  const endedAt = Math.min(now(), to);
  const cores = { cores: use.cores(), clientLoop: use.ownLoop(), clientMs: use.ownMs() };
  const after = await statuses(cluster);
  const neverSent = await Promise.race([loading, sleep(END_GRACE_MS, 0)]);
  const done = (await Promise.all(faults)).flatMap((each) => each ?? []);
  const windowFull = await looks;

  const figures = measurement.figures(endedAt);
  const replicas = before.flatMap((each) => {
    const later = after.find(({ id }) => id === each.id);
    return later === undefined ? [] : (replicaFigures(each, later) ?? []);
  });
  const elapsedMs = endedAt - from;
  const replicaMs = replicas.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return {
    plan,
    cluster: benched(cluster),
    coreCount: cpus().length,
    clients: figures,
    neverSent,
    replicas,
    perOperation: perOperation(replicas, figures.operations),
    operationsPerBatch: operationsPerBatch(replicas),
    faults: done,
    limit: limitOf({
      offered: ratePerSecond === null ? null : { wanted: ratePerSecond, got: figures.requests / figures.seconds },
      clients: plan.clients,
      clientLoop: cores.clientLoop,
      cores: cores.cores,
      coreCount: cpus().length,
      replicaCores: replicaMs / elapsedMs,
      clientCores: cores.clientMs / elapsedMs,
      disk: Math.max(0, ...replicas.map(({ diskMs }) => diskMs / elapsedMs)),
      window: windowFull,
      unanswered: figures.unanswered,
      operations: figures.operations,
    }),
  };
}

/** A client that does not wait for the last answers, and that is not asked again at once when it can not even send. */
function submitter(client: ClusterClient, leftMs: () => number): Submitter {
  return {
    submit: async ({ operations, readOnly }) => {
      try {
        const timeoutMs = Math.max(1, Math.min(ANSWER_TIMEOUT_MS, leftMs() + END_GRACE_MS));
        return await client.submit(operations, { readOnly, timeoutMs, linger: false });
      } catch (error) {
        await sleep(LOOK_MS / 10);
        throw error;
      }
    },
  };
}

async function faultAt(
  cluster: Cluster,
  fault: BenchPlan["faults"][number],
  from: number,
  now: () => number,
  stopped: () => boolean,
): Promise<DoneFault | null> {
  while (now() < from + fault.atMs) {
    if (stopped()) return null;
    await sleep(Math.min(LOOK_MS, Math.max(1, from + fault.atMs - now())));
  }
  return doFault(cluster, fault, now() - from);
}

/** The share of the looks in which the primary had no number left in its window. */
async function lookAgain(cluster: Cluster, ended: () => boolean): Promise<number> {
  let [looks, full] = [0, 0];
  while (!ended()) {
    const primary = (await statuses(cluster)).find(({ machine }) => machine.isPrimary);
    const last = primary?.machine.slots.at(-1)?.seq ?? 0;
    looks += 1;
    if (primary !== undefined && primary.machine.queued > 0 && last >= primary.machine.highWaterMark) full += 1;
    await sleep(LOOK_MS);
  }
  return looks === 0 ? 0 : full / looks;
}

async function statuses(cluster: Cluster): Promise<readonly ReplicaStatus[]> {
  const { replicas } = await lookAt(cluster);
  return replicas.filter(votes).flatMap(({ status }) => status ?? []);
}

function benched({ config }: Cluster): BenchedCluster {
  const { protocol, replicas, faults, service, durability, reads, trace, auth, crypto } = config;
  return { protocol, replicas: replicas.length, faults, service, durability, reads, trace, auth, crypto };
}

function progressAt(
  now: number,
  began: number,
  from: number,
  { warmUpMs, durationMs }: BenchPlan,
  operations: number,
): BenchProgress {
  if (now < from) return { phase: "warms-up", elapsedMs: now - began, ofMs: warmUpMs, operations };
  return { phase: "measures", elapsedMs: now - from, ofMs: durationMs, operations };
}
