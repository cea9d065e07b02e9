import type { Effect, Input, Machine, MessageBase, Ports, Principal, Protocol, ReplicaConfig, SavedState } from "@bft/core";
import type { DurableLog, HostObserver, LinkFault } from "@bft/net";
import type { Logger } from "pino";
import type { ClusterConfig } from "./cluster-config.js";
import { EvidenceFolder } from "./evidence/evidence-folder.js";
import { proofFound } from "./evidence/proof-file.js";
import type { ClusterPaths } from "./paths.js";
import { RecordingWriter } from "./recording/recording-writer.js";
import { ReplicaTrace } from "./trace/replica-trace.js";

type Evidence = Extract<Effect<MessageBase>, { kind: "evidence" }>;

export interface WitnessOptions {
  readonly cluster: ClusterConfig;
  readonly paths: ClusterPaths;
  readonly config: ReplicaConfig;
  readonly protocol: Protocol;
  readonly ports: Ports;
  readonly machine: Machine<MessageBase>;
  /** What the machine was made from. */
  readonly saved: SavedState;
  /** It had to begin without what it had written down. */
  readonly memoryLost: boolean;
  readonly text: Logger;
}

/**
 * What a replica leaves for those who look later: its trace, its recording, and proofs against others. None of it is waited for, and a disk
 * that fails ends it, not the replica. With `--trace off` there are only starts, lies and proofs.
 */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #traces: boolean;
  readonly #trace: ReplicaTrace;
  readonly #recording: RecordingWriter | null;
  readonly #evidence: EvidenceFolder;
  /** Replicas against which there was a proof when this process started, or since. */
  readonly #convicted: Set<number>;
  /** The input that the machine is at, if it is. */
  #stepping: Input<MessageBase> | null = null;

  constructor(options: WitnessOptions) {
    const { cluster, paths, config, protocol, machine, saved, memoryLost, text } = options;
    const { clusterId } = cluster;
    this.#options = options;
    this.#traces = cluster.trace === "full";
    this.#evidence = new EvidenceFolder(paths.evidence, cluster);
    this.#convicted = new Set(this.#evidence.convicted());
    this.#trace = new ReplicaTrace({
      folder: paths.trace(config.self),
      clusterId,
      self: config.self,
      replicas: config.replicas,
      protocol,
      traced: this.#traces,
      inspect: () => machine.inspect(),
      memoryLost,
      onStopped: (error) => text.warn({ err: error }, "nothing is traced any more"),
    });
    this.#recording = !this.#traces
      ? null
      : new RecordingWriter({
          folder: paths.recording(config.self),
          clusterId,
          replica: config.self,
          protocol: protocol.name,
          base: { config, saved },
          onStopped: (error) => text.warn({ err: error }, "no input is recorded any more"),
        });
  }

  /** Replicas against which there is a proof, in order of id. */
  get convicted(): readonly number[] {
    return [...this.#convicted].sort((a, b) => a - b);
  }

  /** The log, with what it makes durable made known to the trace. */
  noting(log: DurableLog): DurableLog {
    return this.#traces ? this.#trace.noting(log) : log;
  }

  /** What of a host is watched for this alone. */
  observer(): HostObserver<MessageBase> {
    if (!this.#traces) return {};
    return {
      onInput: (input) => {
        this.#stepping = input;
        this.#trace.take(input);
      },
      onStep: (input, honest) => {
        this.#stepping = null;
        this.#recording?.add(input, honest);
      },
      onDropped: (from, message, reason, signature) => this.#trace.droppedUnread(from, message, reason, signature),
    };
  }

  /** To be called with each effect in order, as it is really carried out. */
  note(effect: Effect<MessageBase>): void {
    if (this.#traces) this.#trace.note(effect);
    if (effect.kind === "evidence") this.#keepProof(effect);
  }

  refused(peer: Principal | null, reason: string): void {
    if (this.#traces) this.#trace.refused(peer, reason);
  }

  linkFault(towards: readonly number[], fault: LinkFault | null): void {
    if (this.#traces) this.#trace.linkFault(towards, fault && faultText(fault));
  }

  behaves(behaviour: string | null): void {
    this.#trace.behaves(behaviour);
  }

  /** A bug of ours stops the replica; null: the system does. */
  stopped(bug: string | null): void {
    if (bug !== null) this.#trace.broke(bug);
    // A step that threw had no effects; a replay throws there again.
    if (this.#stepping !== null) this.#recording?.add(this.#stepping, []);
  }

  async close(): Promise<void> {
    await this.#trace.close();
    await this.#recording?.close();
  }

  /** A proof outlives this process, and is worth something elsewhere. */
  #keepProof({ accused, first, second }: Evidence): void {
    const { cluster, protocol, ports, text } = this.#options;
    const context = { protocol, replicas: cluster.replicas.length, verify: ports.verify };
    const found = proofFound({ accused, first, second }, context);
    text.warn({ accused, message: first.kind }, "lie found");
    if (found === null) return;
    this.#convicted.add(accused);
    try {
      this.#evidence.keep(found);
    } catch (error) {
      text.warn({ err: error }, "the proof could not be written");
    }
  }
}

/** `cut`, or what is not as it should be by its name. */
function faultText({ cut, ...impairment }: LinkFault): string {
  if (cut) return "cut";
  const wrong = Object.entries(impairment).filter(([, value]) => value > 0);
  return wrong.map(([name, value]) => `${name} ${value}`).join(", ");
}
