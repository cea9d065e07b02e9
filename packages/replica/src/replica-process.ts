import { closeSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import {
  type Effect,
  type Machine,
  type MessageBase,
  type Principal,
  type Protocol,
  type ProtocolName,
  RecoveryError,
  type ReplicaConfig,
  type ReplicaId,
  replicaId,
  replicaPrincipal,
  type SavedState,
  type Service,
} from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { type Behaviour, Host, type Keyring, portsOf } from "@bft/net";
import { type Logger, pino } from "pino";
import type { ReplicaStatus } from "./admin-protocol.js";
import { AdminServer } from "./admin-server.js";
import type { ClusterConfig } from "./cluster-config.js";
import { loadCluster } from "./cluster-directory.js";
import { serviceOf } from "./cluster-service.js";
import { reasonOf, systemCode } from "./errors.js";
import { EventFeed } from "./event-feed.js";
import { openKeyring } from "./keyring.js";
import { holdLifeline } from "./lifeline.js";
import { LinkControl } from "./link-control.js";
import { type MetricsServer, startMetrics } from "./metrics/index.js";
import { ClusterPaths } from "./paths.js";
import { selfIdentity } from "./process-identity.js";
import { eventOfEffect, eventOfRefusal } from "./replica-events.js";
import { checkReplica } from "./replica-processes.js";
import { Storage } from "./storage.js";
import { TimedLog } from "./timed-log.js";
import { Witness } from "./witness.js";

/** What a Byzantine behaviour may know and do: lie with its own key, not forge another's. */
export interface BehaviourContext {
  readonly protocol: ProtocolName;
  readonly config: ReplicaConfig;
  readonly ports: ReturnType<typeof portsOf>;
  readonly service: Service;
  /** The liars of a shared plan, this one included, in order of id. */
  readonly accomplices: readonly ReplicaId[];
}

export interface ReplicaProcessOptions {
  readonly dir: string;
  readonly id: number;
  /** File descriptor on which to say `ready`, or in one sentence why not; null for none. */
  readonly readyFd: number | null;
  /**
   * Makes a Byzantine behaviour by name. The replica knows none itself: who starts it hands the catalogue in.
   * @throws Error with a sentence for a person when there is no such behaviour.
   */
  readonly behaviour: (name: string, context: BehaviourContext) => Behaviour<MessageBase>;
}

/** Runs one replica until it is told to end. Says on `readyFd` when it serves, or why it can not. */
export async function runReplica(options: ReplicaProcessOptions): Promise<void> {
  const log = pino({ base: { replica: options.id }, timestamp: pino.stdTimeFunctions.isoTime });
  try {
    const replica = await ReplicaProcess.start(options, log);
    sayReady(options.readyFd, "ready");
    await replica.ended;
  } catch (error) {
    log.fatal({ err: error }, "could not start");
    sayReady(options.readyFd, reasonOf(error));
    process.exitCode = 1;
  }
}

function sayReady(fd: number | null, line: string): void {
  if (fd === null) return;
  try {
    writeSync(fd, `${line.replaceAll("\n", " ")}\n`);
    closeSync(fd);
  } catch {
    // Whoever started us is gone. That is its right.
  }
}

interface Recovered {
  readonly storage: Storage;
  readonly machine: Machine<MessageBase>;
  readonly saved: SavedState;
  /** It has no memory of what it said. */
  readonly lost: boolean;
}

/** A replica with all that surrounds it in its process: host, log file, admin socket. */
class ReplicaProcess {
  /** Resolves when everything is closed. */
  readonly ended: Promise<void>;
  readonly #id: number;
  readonly #cluster: ClusterConfig;
  readonly #paths: ClusterPaths;
  readonly #text: Logger;
  readonly #machine: Machine<MessageBase>;
  readonly #host: Host<MessageBase>;
  readonly #linkControl: LinkControl;
  readonly #witness: Witness;
  readonly #storage: Storage;
  readonly #log: TimedLog;
  readonly #keyring: Keyring;
  readonly #admin: AdminServer;
  #metrics: MetricsServer | null = null;
  readonly #events = new EventFeed();
  readonly #startedAt = Date.now();
  #lifeline: { close(): void } = { close: () => undefined };
  #behaviour: string | null = null;
  #operationsExecuted = 0;
  #ending = false;
  #end: () => void = () => undefined;

  static async start(options: ReplicaProcessOptions, text: Logger): Promise<ReplicaProcess> {
    await checkReplica(options.dir, options.id);
    const cluster = await loadCluster(options.dir);
    const paths = new ClusterPaths(options.dir);
    const keyring = openKeyring(cluster, replicaPrincipal(replicaId(options.id)), paths.replicaKey(options.id));
    const replica = new ReplicaProcess(options, cluster, paths, keyring, text);
    await replica.#open();
    return replica;
  }

  private constructor(
    options: ReplicaProcessOptions,
    cluster: ClusterConfig,
    paths: ClusterPaths,
    keyring: Keyring,
    text: Logger,
  ) {
    this.#id = options.id;
    this.#cluster = cluster;
    this.#paths = paths;
    this.#text = text;
    this.#keyring = keyring;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const config = replicaConfigOf(cluster, options.id);
    const protocol: Protocol = protocolNamed(cluster.protocol);
    const ports = portsOf(keyring);
    const service = serviceOf(paths.dir, cluster, (message) => text.warn({ error: message }, "the service threw"));
    const recovered = this.#recover((saved) => protocol.replica(config, ports, service, saved));
    this.#storage = recovered.storage;
    this.#log = new TimedLog(recovered.storage);
    this.#machine = recovered.machine;
    const { machine, saved, lost: memoryLost } = recovered;
    this.#witness = new Witness({ cluster, paths, config, protocol, ports, machine, saved, memoryLost, text });
    text.info({ lastExecuted: this.#machine.inspect().lastExecuted }, "recovered");
    this.#host = new Host({
      machine: this.#machine,
      codec: protocol.codec,
      keyring,
      log: this.#witness.noting(this.#log),
      onFatal: (error) => this.#onFatal(error),
      observer: {
        ...this.#witness.observer(),
        onEffect: (effect) => this.#onEffect(effect),
        onRefused: (peer, reason, count) => this.#onRefused(peer, reason, count),
        onLink: (replica, up) => this.#tell({ kind: "link", replica, up }),
      },
    });
    this.#linkControl = new LinkControl(options.id, cluster.replicas.length, (event) => {
      this.#witness.linkFault(event.replicas, event.fault);
      this.#tell(event);
    });
    this.#host.setOutgoingFilter(this.#linkControl.filter);
    this.#admin = new AdminServer({
      events: this.#events,
      status: () => this.#status(),
      shutdown: () => void this.#close("asked to on the admin socket"),
      link: (change) => this.#linkControl.apply(change),
      behave: (name, others) => {
        const accomplices = accomplicesOf(options.id, others, config.replicas);
        this.#behave(
          name,
          name === null ? null : options.behaviour(name, { protocol: protocol.name, config, ports, service, accomplices }),
        );
      },
    });
  }

  /** The machine as it was, from what is on the disk; without a memory when that can not be read back. */
  #recover(make: (saved: SavedState) => Machine<MessageBase>): Recovered {
    const folder = this.#paths.replica(this.#id);
    const { durability } = this.#cluster;
    const onError = (error: unknown) => this.#onFatal(error);
    const opened = Storage.open(folder, durability, onError);
    if (opened.tornBytes > 0) this.#text.warn({ tornBytes: opened.tornBytes }, "the last write did not finish and was cut off");
    if (opened.damage !== null) this.#tell({ kind: "damaged", why: opened.damage });
    try {
      const { storage, saved } = opened;
      return { storage, saved, machine: make(saved), lost: saved.lost };
    } catch (error) {
      if (!(error instanceof RecoveryError)) throw error;
      const anew = Storage.startAnew(folder, durability, onError, error.message);
      this.#tell({ kind: "damaged", why: anew.damage ?? error.message });
      return { storage: anew.storage, saved: anew.saved, machine: make(anew.saved), lost: true };
    }
  }

  async #open(): Promise<void> {
    const self = this.#cluster.replicas[this.#id];
    if (self === undefined) throw new RangeError(`replica ${this.#id} is not in the configuration`);
    await this.#host.listen(self.host, self.port);
    await this.#admin.listen(this.#paths.adminSocket(this.#id));
    this.#metrics = await startMetrics(this.#cluster, this.#id, () => this.#status());
    const file = this.#paths.process(this.#id);
    writeFileSync(`${file}.new`, JSON.stringify({ ...selfIdentity(), startedAt: this.#startedAt }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    this.#lifeline = await holdLifeline(this.#paths.dir, () => void this.#close("bft up has ended"));
    process.on("SIGTERM", () => void this.#close("SIGTERM"));
    process.on("SIGINT", () => void this.#close("SIGINT"));
    this.#host.start(this.#cluster.replicas.map(({ id, host, port }) => ({ id: replicaId(id), host, port })));
    this.#text.info({ port: self.port }, "serves");
  }

  async #close(because: string): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#text.info({ because }, "ends");
    this.#lifeline.close();
    this.#linkControl.close();
    await this.#host.close();
    await this.#witness.close();
    await this.#admin.close();
    await this.#metrics?.close();
    await this.#storage.close();
    this.#end();
  }

  /** A bug of ours or a disk that fails: this replica can not keep its word any more, so it stops. */
  #onFatal(error: unknown): void {
    this.#text.fatal({ err: error }, "stops");
    process.exitCode = 1;
    // The system fails a replica; only what it does not know is a bug.
    this.#witness.stopped(systemCode(error) === null ? reasonOf(error) : null);
    void this.#close("a fatal error");
  }

  #onEffect(effect: Effect<MessageBase>): void {
    // Whoever said it, nobody signed it: an accusation would rest on nothing.
    if (effect.kind === "evidence" && this.#cluster.auth === "none") return;
    this.#storage.note(effect);
    this.#metrics?.note(effect);
    this.#witness.note(effect);
    if (effect.kind === "executed") for (const { operations } of effect.requests) this.#operationsExecuted += operations.length;
    this.#tell(eventOfEffect(effect));
  }

  #onRefused(peer: Principal | null, reason: string, count: number): void {
    this.#witness.refused(peer, reason);
    this.#tell(eventOfRefusal(peer, reason, count));
  }

  #tell(event: Parameters<EventFeed["add"]>[0] | null): void {
    if (event === null) return;
    this.#events.add(event);
    if (event.kind !== "executed") this.#text.info(event, event.kind);
  }

  #behave(name: string | null, behaviour: Behaviour<MessageBase> | null): void {
    this.#witness.behaves(name);
    this.#host.setBehaviour(behaviour);
    this.#behaviour = name;
    this.#tell({ kind: "behaviour", behaviour: name });
  }

  #status(): ReplicaStatus {
    const { messagesIn, messagesOut, bytesIn, bytesOut, links, clientsConnected, refused, dropped, liesTold, timers, ...byPeer } =
      this.#host.stats();
    return {
      id: this.#id,
      pid: process.pid,
      protocol: this.#cluster.protocol,
      service: this.#cluster.service,
      behaviour: this.#behaviour,
      uptimeMs: Date.now() - this.#startedAt,
      memory: { residentBytes: process.memoryUsage.rss(), heapUsedBytes: getHeapStatistics().used_heap_size },
      cpuMs: cpuMs(),
      diskMs: this.#log.waitedMs,
      signatures: this.#cluster.auth === "none" ? { made: 0, checked: 0 } : { ...this.#keyring.signatures },
      machine: this.#machine.inspect(),
      links: this.#linkControl.describe(links),
      clientsConnected,
      messagesIn,
      messagesOut,
      bytesIn,
      bytesOut,
      refused,
      dropped,
      againstPeers: together(byPeer.refusedByPeer, byPeer.droppedByPeer),
      timers,
      convicted: this.#witness.convicted,
      metrics: this.#metrics?.url ?? null,
      operationsExecuted: this.#operationsExecuted,
      liesTold,
    };
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

type ByPeer = ReplicaStatus["againstPeers"];

function together(refused: ByPeer, dropped: ByPeer): ByPeer {
  const peers = [...new Set([...Object.keys(refused), ...Object.keys(dropped)])];
  return Object.fromEntries(peers.map((peer) => [peer, { ...refused[peer], ...dropped[peer] }]));
}

/** @throws RangeError for an id that no replica has. */
function accomplicesOf(self: number, others: readonly number[], replicas: number): readonly ReplicaId[] {
  const unknown = others.find((id) => id < 0 || id >= replicas);
  if (unknown !== undefined) throw new RangeError(`replica ${unknown} does not exist, so it can not be an accomplice`);
  return [...new Set([self, ...others])].sort((a, b) => a - b).map(replicaId);
}

/** The configuration of one replica of a cluster. */
function replicaConfigOf(cluster: ClusterConfig, id: number): ReplicaConfig {
  const { checkpointInterval, pipelineDepth, batchOperationsMax, batchBytesMax, operationBytesMax, clientWindow } =
    cluster.limits;
  return {
    self: replicaId(id),
    replicas: cluster.replicas.length,
    faults: cluster.faults,
    clients: cluster.clients.length,
    checkpointInterval,
    viewChangeTimeoutMs: cluster.timeouts.viewChangeMs,
    statusIntervalMs: cluster.timeouts.statusMs,
    pipelineDepth,
    batchOperationsMax,
    batchBytesMax,
    operationBytesMax,
    clientWindow,
  };
}
