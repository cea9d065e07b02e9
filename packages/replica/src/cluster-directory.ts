import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { clientId, clientPrincipal, type Principal, replicaId, replicaPrincipal, SERVICES, toHex } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { generateKeyPair, selectScheme, writeKeyFile } from "@bft/net";
import {
  CLUSTER_VERSION,
  type ClusterConfig,
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  noService,
  otherVersion,
  parseClusterConfig,
} from "./cluster-config.js";
import type { Durability } from "./durable-log.js";
import { ClusterError, reasonOf, systemCode } from "./errors.js";
import { metricsPorts } from "./metrics/address.js";
import { ClusterPaths } from "./paths.js";
import { adjacentFreePorts, checkPorts, freePorts, LOOPBACK } from "./ports.js";
import { initialiseFolder } from "./segments.js";
import type { BuiltService } from "./user-service/build.js";
import { moduleOf } from "./user-service/sources.js";

/** Clients that may be connected at once, unless more are asked for: each `bft submit` borrows one of these identities. */
const CLIENTS = 32;

export interface CreateClusterOptions {
  readonly dir: string;
  readonly faults: number;
  /** `pbft` unless given. */
  readonly protocol?: ClusterConfig["protocol"];
  /** One that comes with bft, by name, or the person's own. */
  readonly service: string | BuiltService;
  /** Replica i listens on basePort + i; null takes ports that are free now. */
  readonly basePort: number | null;
  /** `ordered` unless given. */
  readonly reads?: ClusterConfig["reads"];
  /** `fsync` unless given. */
  readonly durability?: Durability;
  /** Client identities; 32 unless given, and never fewer. */
  readonly clients?: number;
  /** `full` unless given. */
  readonly trace?: ClusterConfig["trace"];
  /** `signatures` unless given. */
  readonly auth?: ClusterConfig["auth"];
  /** `native` unless given. */
  readonly crypto?: ClusterConfig["crypto"];
}

/**
 * Makes a new cluster directory: configuration, keys, one folder a replica; readable by its owner only.
 * @throws ClusterError `cluster-exists` when there is one already.
 */
export async function createCluster(options: CreateClusterOptions): Promise<ClusterConfig> {
  const paths = new ClusterPaths(options.dir);
  if (existsSync(paths.config))
    throw new ClusterError(
      "cluster-exists",
      `there is a cluster in ${options.dir} already; use it, or replace it with: bft up --fresh`,
    );
  const service = serviceFields(options);
  const protocol = options.protocol ?? "pbft";
  const replicas = protocolNamed(protocol).replicasFor(options.faults);
  const ports = options.basePort === null ? await freePorts(replicas) : await givenPorts(options.basePort, replicas);
  makeFolder(paths.dir);
  makeFolder(paths.keys);
  const config: ClusterConfig = {
    version: CLUSTER_VERSION,
    clusterId: randomBytes(16).toString("hex"),
    protocol,
    ...service,
    faults: options.faults,
    replicas: ports.map((port, id) => ({
      id,
      host: LOOPBACK,
      port,
      publicKey: newKey(paths.replicaKey(id), replicaPrincipal(replicaId(id))),
    })),
    clients: Array.from({ length: Math.max(CLIENTS, options.clients ?? 0) }, (_, id) => ({
      id,
      publicKey: newKey(paths.clientKey(id), clientPrincipal(clientId(id))),
    })),
    reads: options.reads ?? "ordered",
    durability: options.durability ?? "fsync",
    trace: options.trace ?? "full",
    auth: options.auth ?? "signatures",
    crypto: options.crypto ?? "native",
    metrics: null,
    timeouts: DEFAULT_TIMEOUTS,
    limits: DEFAULT_LIMITS,
  };
  for (const { id } of config.replicas) {
    makeFolder(paths.replica(id));
    await initialiseFolder(paths.replica(id));
  }
  if (typeof options.service !== "string") writeFileSync(paths.service, options.service.code, { mode: 0o600 });
  // Last, and in one step: a directory with a configuration is complete.
  writeConfig(paths, config);
  return config;
}

/**
 * Reads and checks a cluster's configuration.
 * @throws ClusterError `no-cluster` when there is none, `cluster-version` when its files are of another version, `cluster-damaged` when it
 *   is not one.
 */
export async function loadCluster(dir: string): Promise<ClusterConfig> {
  const paths = new ClusterPaths(dir);
  let text: string;
  try {
    text = readFileSync(paths.config, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR")
      throw new ClusterError("no-cluster", `there is no cluster in ${dir}; start one with: bft up`);
    throw new ClusterError("cluster-damaged", `${paths.config} can not be read: ${reasonOf(error)}`, { cause: error });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ClusterError("cluster-damaged", `${paths.config} is not JSON; restore it, or start anew with: bft up --fresh`);
  }
  const version = otherVersion(json);
  if (version !== null)
    throw new ClusterError(
      "cluster-version",
      `the cluster in ${dir} was made by another version of bft (its files are of version ${version}, this one reads ${CLUSTER_VERSION}); use that one, or start anew with: bft up --fresh`,
    );
  const config = parseClusterConfig(json);
  if ("problem" in config)
    throw new ClusterError(
      "cluster-damaged",
      `${paths.config} is not valid (${config.problem}); restore it, or start anew with: bft up --fresh`,
    );
  return config;
}

/** Gives a cluster whose replicas are all down other ports: basePort + id. */
export async function changePorts(dir: string, basePort: number): Promise<ClusterConfig> {
  const config = await loadCluster(dir);
  const ports = await givenPorts(basePort, config.replicas.length);
  const changed = {
    ...config,
    replicas: config.replicas.map((replica, id) => ({ ...replica, port: ports[id] ?? replica.port })),
  };
  refuseSharedPorts(changed, "--port");
  writeConfig(new ClusterPaths(dir), changed);
  return changed;
}

/** Where metrics are to be served: replica i on this port + i, on ports that are free now, or nowhere. */
export type MetricsWish = number | "auto" | "off";

/**
 * Changes where the replicas of a cluster serve their metrics; they must all be down.
 * @throws ClusterError `port-busy` or `refused` with the port that can not be had
 */
export async function changeMetrics(dir: string, wish: MetricsWish): Promise<ClusterConfig> {
  const config = await loadCluster(dir);
  const changed = { ...config, metrics: await metricsFor(config, wish) };
  refuseSharedPorts(changed, "--metrics");
  if (typeof wish === "number") await checkPorts(wish, config.replicas.length, "--metrics");
  writeConfig(new ClusterPaths(dir), changed);
  return changed;
}

async function metricsFor({ replicas }: ClusterConfig, wish: MetricsWish): Promise<ClusterConfig["metrics"]> {
  if (wish === "off") return null;
  const taken = replicas.map(({ port }) => port);
  return { basePort: wish === "auto" ? await adjacentFreePorts(replicas.length, taken) : wish };
}

function refuseSharedPorts(config: ClusterConfig, flag: string): void {
  const own = new Set(config.replicas.map(({ port }) => port));
  const shared = metricsPorts(config).find((port) => own.has(port));
  if (shared === undefined) return;
  const why = `port ${shared} can not serve both a replica's messages and its metrics`;
  throw new ClusterError("refused", `${why}; choose other ports with ${flag}`);
}

async function givenPorts(basePort: number, count: number): Promise<readonly number[]> {
  await checkPorts(basePort, count, "--port");
  return Array.from({ length: count }, (_, i) => basePort + i);
}

/** Changes what may change between two runs of a cluster; its replicas must all be down. */
export async function changeSettings(
  dir: string,
  settings: Partial<Pick<ClusterConfig, "durability" | "reads" | "trace">>,
): Promise<ClusterConfig> {
  const changed = { ...(await loadCluster(dir)), ...settings };
  writeConfig(new ClusterPaths(dir), changed);
  return changed;
}

/** Deletes what a cluster left in its directory, and nothing else that may be there. Its replicas must be down. */
export async function removeCluster(dir: string): Promise<void> {
  const paths = new ClusterPaths(dir);
  const config = await loadCluster(dir).catch(() => null);
  // The configuration first: a half-deleted directory is none, not a damaged one.
  rmSync(paths.config, { force: true });
  rmSync(paths.keys, { recursive: true, force: true });
  rmSync(`${paths.dir}/clients`, { recursive: true, force: true });
  rmSync(paths.history, { recursive: true, force: true });
  rmSync(paths.evidence, { recursive: true, force: true });
  rmSync(paths.lifeline, { force: true });
  rmSync(paths.service, { force: true });
  const replicas = config?.replicas.length ?? 3 * 85 + 1;
  for (let id = 0; id < replicas; id++) {
    rmSync(paths.adminSocket(id), { force: true });
    rmSync(paths.replica(id), { recursive: true, force: true });
  }
}

/** @throws ClusterError `bad-service` when none of that name comes with bft. */
function serviceFields({ service, dir }: CreateClusterOptions): Pick<ClusterConfig, "service" | "module"> {
  if (typeof service !== "string") return { service: service.name, module: moduleOf(service, dir) };
  if (!SERVICES.has(service)) throw new ClusterError("bad-service", `${noService(service)}, or the path of a module of your own`);
  return { service, module: null };
}

function writeConfig(paths: ClusterPaths, config: ClusterConfig): void {
  const temporary = `${paths.config}.new`;
  writeFileSync(temporary, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, paths.config);
}

function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

function newKey(path: string, principal: Principal): string {
  const key = generateKeyPair(selectScheme("auto"));
  rmSync(path, { force: true });
  writeKeyFile(path, { ...key, principal });
  return toHex(key.publicKey);
}
