import {
  type ClientId,
  clientCodec,
  clientPrincipal,
  type Effect,
  type Ports,
  type Principal,
  type ReplicaConfig,
  type ReplicaId,
  replicaPrincipal,
  SERVICES,
  type Service,
  type SignedOf,
  type Timestamp,
} from "@bft/core";
import { type PbftMessage, PbftReplica } from "@bft/core/pbft";
import { sha256 } from "@bft/net";

/** Signatures that cost nothing: what is measured is the machine. */
const PORTS: Ports = { hash: sha256, sign: () => new Uint8Array(64), verify: () => true };

const CONFIG: Omit<ReplicaConfig, "self" | "replicas" | "faults"> = {
  clients: 1,
  checkpointInterval: 128,
  viewChangeTimeoutMs: 1_500,
  statusIntervalMs: 250,
  pipelineDepth: 2,
  batchOperationsMax: 1_024,
  batchBytesMax: 1 << 18,
  operationBytesMax: 65_536,
  clientWindow: 64,
};

/** A cluster in memory, its messages handed over at once and in order. */
export class MemoryCluster {
  readonly #machines: readonly PbftReplica[];
  #timestamp = 0;
  /** Messages handed over so far. */
  messages = 0;
  /** Milliseconds of the longest step so far. */
  longestMs = 0;

  constructor(replicas: number, faults: number) {
    this.#machines = Array.from(
      { length: replicas },
      (_, id) => new PbftReplica({ ...CONFIG, self: id as ReplicaId, replicas, faults }, PORTS, SERVICES.get("kv") as Service),
    );
  }

  /** One request, until everybody has executed it. */
  ask(operations: readonly string[]): void {
    this.#timestamp += 1;
    const timestamp = this.#timestamp as Timestamp;
    const message = {
      kind: "request",
      client: 0 as ClientId,
      timestamp,
      operations,
      readOnly: false,
      oldest: timestamp,
    } as const;
    const signer = clientPrincipal(0 as ClientId);
    const payload = clientCodec.encode(message);
    const signed: SignedOf<PbftMessage> = {
      kind: "request",
      signer,
      message,
      payload,
      signature: PORTS.sign(payload),
      attachment: null,
    };
    this.#deliver([{ to: 0, via: signer, signed }]);
  }

  #deliver(first: readonly Envelope[]): void {
    const queue = [...first];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      this.messages += 1;
      const machine = this.#machines[next.to];
      if (machine === undefined || machine.reasonToDrop(next.signed.signer, next.signed.message) !== null) continue;
      const began = performance.now();
      const effects = machine.step({ kind: "message", signed: next.signed, via: next.via });
      this.longestMs = Math.max(this.longestMs, performance.now() - began);
      for (const effect of effects) queue.push(...this.#sent(next.to, effect));
    }
  }

  #sent(from: number, effect: Effect<PbftMessage>): readonly Envelope[] {
    const via = replicaPrincipal(from as ReplicaId);
    if (effect.kind === "send") return [{ to: effect.to, via, signed: effect.signed }];
    if (effect.kind !== "broadcast") return [];
    return this.#machines.flatMap((_, to) => (to === from ? [] : [{ to, via, signed: effect.signed }]));
  }
}

interface Envelope {
  readonly to: number;
  readonly via: Principal;
  readonly signed: SignedOf<PbftMessage>;
}

/** Milliseconds of the longest step of a replica with so many keys, over three checkpoints with as many changes as fit between them. */
export function longestStepMs(keys: number): number {
  const cluster = new MemoryCluster(1, 0);
  const value = "v".repeat(100);
  const write = (from: number, count: number) =>
    cluster.ask(
      Array.from({ length: count }, (_, i) => `set key-${(Math.imul(from + i, 2_654_435_761) >>> 0) % keys} ${value}${from}`),
    );
  for (let from = 0; from < keys; from += 1_000) write(from, 1_000);
  cluster.longestMs = 0;
  for (let request = 0; request < 3 * CONFIG.checkpointInterval; request++) write(keys + 600 * request, 600);
  return cluster.longestMs;
}
