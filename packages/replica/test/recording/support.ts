import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  clientId,
  clientPrincipal,
  type Effect,
  type Input,
  type Machine,
  type MessageBase,
  NOTHING_SAVED,
  type Ports,
  type Protocol,
  type ReplicaConfig,
  replicaId,
  replicaPrincipal,
  type SavedState,
  SERVICES,
  type Service,
  type SignedOf,
} from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { generateKeyPair, Keyring, portsOf, selectScheme } from "@bft/net";
import type { RecordedBase } from "../../src/recording/base.js";
import { RecordingWriter } from "../../src/recording/recording-writer.js";
import type { RingBounds } from "../../src/ring.js";
import { type ReadRecording, readParts } from "./parts.js";

export const CLUSTER = "c0".repeat(16);
const scheme = selectScheme("auto");
const [replicaKey, clientKey] = [generateKeyPair(scheme), generateKeyPair(scheme)];
const keys = [
  { principal: replicaPrincipal(replicaId(0)), publicKey: replicaKey.publicKey },
  { principal: clientPrincipal(clientId(0)), publicKey: clientKey.publicKey },
];
const clusterId = new Uint8Array(16).fill(0xc0);

export const replicaPorts: Ports = portsOf(
  new Keyring({ scheme, clusterId, self: replicaPrincipal(replicaId(0)), seed: replicaKey.seed, keys }),
);
const clientPorts = portsOf(new Keyring({ scheme, clusterId, self: clientPrincipal(clientId(0)), seed: clientKey.seed, keys }));

export const kv = SERVICES.get("kv") as Service;
export const PBFT = protocolNamed("pbft");

/** One replica is a whole cluster when none may fail: it executes what it is asked at once. */
export const config: ReplicaConfig = {
  self: replicaId(0),
  replicas: 1,
  faults: 0,
  clients: 1,
  checkpointInterval: 4,
  viewChangeTimeoutMs: 1_000,
  statusIntervalMs: 250,
  pipelineDepth: 2,
  batchOperationsMax: 8,
  batchBytesMax: 10_000,
  operationBytesMax: 1_000,
  clientWindow: 8,
};

/** A request of client 0, signed. */
export function request(timestamp: number): Input<MessageBase> {
  const message = {
    kind: "request",
    client: 0,
    timestamp,
    operations: [`set key-${timestamp} v`],
    readOnly: false,
    oldest: timestamp,
    repliers: null,
  };
  const payload = PBFT.codec.encode(message as never);
  const signer = clientPrincipal(clientId(0));
  const signed = { kind: "request", signer, message, payload, signature: clientPorts.sign(payload), attachment: null };
  return { kind: "message", signed: signed as SignedOf<MessageBase>, via: signer };
}

/** Folders of one test file; `remove` deletes them all. */
export class Folders {
  readonly #made: string[] = [];

  make(): string {
    const folder = mkdtempSync(join(tmpdir(), "bft-recording-"));
    this.#made.push(folder);
    return folder;
  }

  remove(): void {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }
}

export interface LifeOptions {
  readonly saved?: SavedState;
  readonly bounds?: RingBounds;
  readonly protocol?: Protocol;
  readonly onStopped?: (error: unknown) => void;
}

/** What a life left for the next one, if it was not killed in the midst of it. */
export interface Lived {
  readonly effects: readonly Effect<MessageBase>[];
  readonly machine: Machine<MessageBase>;
}

/** A process that starts, takes these inputs and ends, with its recording in `folder`. */
export async function live(folder: string, inputs: readonly Input<MessageBase>[], options: LifeOptions = {}): Promise<Lived> {
  const { saved = NOTHING_SAVED, protocol = PBFT, onStopped = rethrow } = options;
  const base: RecordedBase = { config, saved };
  const bounds = options.bounds === undefined ? {} : { bounds: options.bounds };
  const writer = new RecordingWriter({
    folder,
    clusterId: CLUSTER,
    replica: 0,
    protocol: protocol.name,
    base,
    onStopped,
    ...bounds,
  });
  const machine = protocol.replica(config, replicaPorts, kv, saved);
  const effects: Effect<MessageBase>[] = [];
  for (const input of [{ kind: "start" } as const, ...inputs]) {
    const honest = machine.step(input);
    writer.add(input, honest);
    effects.push(...honest);
  }
  await writer.close();
  return { effects, machine };
}

export function read(folder: string): ReadRecording {
  return readParts({ folder, clusterId: CLUSTER, replica: 0 });
}

function rethrow(error: unknown): void {
  throw error;
}
