import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import {
  type ClientId,
  clientCodec,
  clientPrincipal,
  type Effect,
  type Input,
  type Ports,
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
  #executed = 0;
  /** Replicas that have a checkpoint to go on with. */
  readonly #goingOn = new Set<number>();
  /** Messages handed over so far, with those that are of no use any more. */
  messages = 0;
  /** Sees each step, and whether it did nothing but go on with a checkpoint. */
  onStep: (step: Span, isForCheckpoint: boolean) => void = () => undefined;

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
      repliers: null,
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
    this.#deliver([{ to: 0, input: { kind: "message", via: signer, signed } }]);
    if (this.#executed !== this.#machines.length * this.#timestamp) throw new Error("a request was not executed by everybody");
  }

  #deliver(first: readonly Envelope[]): void {
    const queue = [...first];
    for (let next = this.#next(queue); next !== undefined; next = this.#next(queue)) {
      const { to, input } = next;
      const machine = this.#machines[to];
      if (input.kind === "message") this.messages += 1;
      if (machine === undefined || isOfNoUse(machine, input)) continue;
      const began = performance.now();
      const effects = machine.step(input);
      this.onStep({ from: began, to: performance.now() }, input.kind === "timer-fired");
      for (const effect of effects) queue.push(...this.#sent(to, effect));
    }
  }

  /** Messages first; then the timers by which checkpoints go on, which are the only ones that run out here. */
  #next(queue: Envelope[]): Envelope | undefined {
    const next = queue.shift();
    if (next !== undefined) return next;
    const [to] = this.#goingOn;
    if (to === undefined) return undefined;
    this.#goingOn.delete(to);
    return { to, input: { kind: "timer-fired", timer: "checkpoint" } };
  }

  #sent(from: number, effect: Effect<PbftMessage>): readonly Envelope[] {
    if (effect.kind === "executed") this.#executed += effect.requests.length;
    if (effect.kind === "start-timer" && effect.timer === "checkpoint") this.#goingOn.add(from);
    const via = replicaPrincipal(from as ReplicaId);
    if (effect.kind === "send") return [{ to: effect.to, input: { kind: "message", via, signed: effect.signed } }];
    if (effect.kind !== "broadcast") return [];
    return this.#machines.flatMap((_, to) =>
      to === from ? [] : [{ to, input: { kind: "message", via, signed: effect.signed } }],
    );
  }
}

interface Envelope {
  readonly to: number;
  readonly input: Input<PbftMessage>;
}

function isOfNoUse(machine: PbftReplica, input: Input<PbftMessage>): boolean {
  return input.kind === "message" && machine.reasonToDrop(input.signed.signer, input.signed.message) !== null;
}

/** Milliseconds of the monotonic clock. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The longest step of one checkpoint, in milliseconds. */
export interface LongestStep {
  /** What the garbage collector took in its midst left out. */
  readonly ownMs: number;
  readonly withCollectionMs: number;
}

const CHECKPOINTS = 5;

/**
 * The longest step that each of some checkpoints takes of a replica with so many keys, with as many changes as fit between them: the one that
 * takes it, with the execution of its batch, and those that go on with its digest.
 */
export async function longestCheckpointSteps(keys: number): Promise<readonly LongestStep[]> {
  const cluster = new MemoryCluster(1, 0);
  const value = "v".repeat(100);
  const write = (count: number, key: (i: number) => number) =>
    cluster.ask(Array.from({ length: count }, (_, i) => `set key-${key(i)} ${value}${i}`));
  // a whole number of checkpoints, so that counting them can begin at the next batch
  const filling = CONFIG.checkpointInterval * Math.ceil(keys / 1_000 / CONFIG.checkpointInterval);
  for (let request = 0; request < filling; request++) write(1_000, (i) => (1_000 * request + i) % keys);
  const change = (requests: number) => {
    for (let request = 0; request < requests; request++)
      write(600, (i) => (Math.imul(600 * request + i + 1, 2_654_435_761) >>> 0) % keys);
  };
  // what is measured was compiled before
  change(2 * CONFIG.checkpointInterval);
  const collections: Span[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) collections.push({ from: startTime, to: startTime + duration });
  });
  observer.observe({ entryTypes: ["gc"] });
  const checkpoints: Span[][] = [];
  let executed = 0;
  cluster.onStep = (step, isForCheckpoint) => {
    if (isForCheckpoint) return void checkpoints.at(-1)?.push(step);
    executed += 1;
    if (executed % CONFIG.checkpointInterval === 0) checkpoints.push([step]);
  };
  change(CHECKPOINTS * CONFIG.checkpointInterval);
  // the observer is told in a later turn
  await setTimeout(100);
  observer.disconnect();
  const collecting = (step: Span) => collections.reduce((sum, each) => sum + overlap(step, each), 0);
  return checkpoints.map((steps) => ({
    ownMs: Math.max(...steps.map((step) => step.to - step.from - collecting(step))),
    withCollectionMs: Math.max(...steps.map((step) => step.to - step.from)),
  }));
}

function overlap(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}
