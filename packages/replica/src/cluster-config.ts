import { type ProtocolName, SERVICES } from "@bft/core";
import { PROTOCOL_NAMES, protocolNamed } from "@bft/core/protocols";
import * as v from "valibot";
import { metricsPorts } from "./metrics/address.js";
import { isLoopback } from "./ports.js";

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"));
const publicKey = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"));

/**
 * What the files of a cluster mean, its logs and states included. It goes up whenever one of them is written in another way: a replica
 * that can not read its own log would take it for a lost disk.
 */
export const CLUSTER_VERSION = 2;

/** `cluster.json`: everything public about a cluster. Written by `bft up`, read by every process, checked at every reading. */
export const clusterConfigSchema = v.object({
  version: v.literal(CLUSTER_VERSION),
  /** 16 random bytes in hex: messages of another cluster are refused. */
  clusterId: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, "expected 32 hexadecimal digits")),
  protocol: v.picklist(PROTOCOL_NAMES),
  /** Name of what is replicated: a service that comes with bft, or what the person's own module is called. */
  service: v.pipe(v.string(), v.nonEmpty()),
  /** A service of the person's own: `service.js` beside this file. Null for one that comes with bft. */
  module: v.optional(
    v.nullable(
      v.object({
        /** SHA-256 of service.js: a replica runs no other. */
        digest: sha256,
        /** What it was made from, the module itself first; paths relative to this file. */
        sources: v.array(v.object({ path: v.string(), digest: sha256 })),
      }),
    ),
    null,
  ),
  /** f, the number of faulty replicas that are survived. */
  faults: natural,
  replicas: v.pipe(
    v.array(v.object({ id: natural, host: v.string(), port: v.pipe(positive, v.maxValue(65_535)), publicKey })),
    v.check((replicas) => replicas.every(({ id }, index) => id === index), "replica ids must be 0, 1, 2, … in order"),
  ),
  clients: v.pipe(
    v.array(v.object({ id: natural, publicKey })),
    v.check((clients) => clients.every(({ id }, index) => id === index), "client ids must be 0, 1, 2, … in order"),
  ),
  /** How clients read: `ordered` like writes, or `fast` from a quorum of equal answers; writes then wait for a quorum too. */
  reads: v.picklist(["ordered", "fast"]),
  /** `fsync`: what a replica says is on its disk first. `buffered`: it is with the operating system, and survives `kill -9` only. */
  durability: v.picklist(["fsync", "buffered"]),
  /** `full`: replicas write down what they do and take, and clients what they ask for. `off`: nothing can be checked or explained later. */
  trace: v.optional(v.picklist(["full", "off"]), "full"),
  /** `signatures`: every message is signed. `none`: nothing is, and ANYBODY CAN SPEAK FOR ANYBODY; for measuring only, on loopback only. */
  auth: v.optional(v.picklist(["signatures", "none"]), "signatures"),
  /** Who computes signatures: a `native` library, or `noble` in JavaScript, some 20 times slower. All give the same verdict. */
  crypto: v.optional(v.picklist(["native", "noble"]), "native"),
  /** Replica i serves its metrics on basePort + i of the loopback interface; null: none are served. */
  metrics: v.optional(v.nullable(v.object({ basePort: v.pipe(positive, v.maxValue(65_535)) })), null),
  timeouts: v.object({
    /** How long a backup waits for a request to execute before it asks for another view; doubles per failed view (§4.4). */
    viewChangeMs: positive,
    /** How often a replica says where it stands, so that the others send what it lacks. */
    statusMs: positive,
    /** How long a client waits before it sends its request to all replicas (§4.1). */
    clientRetryMs: positive,
  }),
  limits: v.object({
    /** K of §4.3: a checkpoint every so many batches. The window L is 2K. */
    checkpointInterval: positive,
    batchOperationsMax: positive,
    batchBytesMax: positive,
    /** Sequence numbers the primary keeps in flight before it waits and batches. */
    pipelineDepth: positive,
    operationBytesMax: positive,
    /** Requests that one client may have outstanding. */
    clientWindow: positive,
  }),
});

export type ClusterConfig = v.InferOutput<typeof clusterConfigSchema>;
export type ServiceModule = NonNullable<ClusterConfig["module"]>;

/** Defaults of a new cluster. Timeouts are for a laptop that also does other things. */
export const DEFAULT_TIMEOUTS: ClusterConfig["timeouts"] = { viewChangeMs: 1500, statusMs: 250, clientRetryMs: 500 };
export const DEFAULT_LIMITS: ClusterConfig["limits"] = {
  checkpointInterval: 128,
  batchOperationsMax: 1024,
  batchBytesMax: 1 << 18,
  // More make smaller batches of the same requests: docs/performance.md, pipeline depth.
  pipelineDepth: 2,
  operationBytesMax: 65_536,
  clientWindow: 64,
};

export function noService(name: string): string {
  return `there is no service ${name}; there are ${[...SERVICES.keys()].join(", ")}`;
}

/** The version in a cluster's configuration when it is another than ours; null when it is ours, or when there is none. */
export function otherVersion(json: unknown): number | null {
  const parsed = v.safeParse(v.object({ version: v.number() }), json);
  return parsed.success && parsed.output.version !== CLUSTER_VERSION ? parsed.output.version : null;
}

/** Hand-edited JSON as a configuration. @returns what is wrong, as one clause, when it is none. */
export function parseClusterConfig(json: unknown): ClusterConfig | { readonly problem: string } {
  const parsed = v.safeParse(clusterConfigSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return { problem: `${v.getDotPath(issue) ?? "the whole file"}: ${issue.message}` };
  }
  const { protocol: name, faults, replicas, service, module, reads } = parsed.output;
  const noMetrics = whyNoMetrics(parsed.output);
  if (noMetrics !== null) return { problem: `metrics: ${noMetrics}` };
  const exposed = whyNotUnsigned(parsed.output);
  if (exposed !== null) return { problem: `auth: ${exposed}` };
  if (module === null && !SERVICES.has(service)) return { problem: `service: ${noService(service)}` };
  const protocol = protocolNamed(name);
  const needed = protocol.replicasFor(faults);
  if (replicas.length < needed)
    return { problem: `${replicas.length} replicas are too few for f = ${faults}: ${protocol.title} needs ${needed}` };
  const noReads = whyNotRead(name, reads);
  if (noReads !== null) return { problem: `reads: ${noReads}` };
  return parsed.output;
}

/** Why a protocol has no such way to read, or null. */
export function whyNotRead(name: ProtocolName, reads: ClusterConfig["reads"]): string | null {
  const { title, toleratesLies } = protocolNamed(name);
  return reads === "fast" && !toleratesLies ? `${title} orders all reads; fast reads are PBFT's` : null;
}

/** Why a cluster may not do without signatures, or null: who can reach its ports can be any of its members. */
function whyNotUnsigned({ auth, replicas }: ClusterConfig): string | null {
  const reachable = replicas.find(({ host }) => !isLoopback(host));
  if (auth === "signatures" || reachable === undefined) return null;
  return `none is for measuring on loopback addresses only; replica ${reachable.id} listens on ${reachable.host}`;
}

/** Why metrics can not be served where it says, or null. */
function whyNoMetrics(config: ClusterConfig): string | null {
  const ports = metricsPorts(config);
  const last = ports.at(-1) ?? 0;
  if (last > 65_535) return `there is no port ${last}`;
  const shared = config.replicas.find(({ port }) => ports.includes(port));
  return shared === undefined ? null : `port ${shared.port} is where replica ${shared.id} takes messages`;
}
