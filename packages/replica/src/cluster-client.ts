import {
  Client,
  type ClientEffect,
  type ClientId,
  type ClientInput,
  type ClientMessage,
  type ClientRules,
  clientCodec,
  clientId,
  clientPrincipal,
  isWireText,
  type OperationResult,
  type Outcome,
  type Ports,
  replicaId,
  type Timestamp,
} from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { ClientHost, portsOf } from "@bft/net";
import { type ClientLease, leaseClient, leaseLyingClient } from "./client-lease.js";
import type { ClusterConfig } from "./cluster-config.js";
import { loadCluster } from "./cluster-directory.js";
import { ClusterError, reasonOf } from "./errors.js";
import { ReplyBook } from "./evidence/reply-book.js";
import { openKeyring } from "./keyring.js";
import { ClusterPaths } from "./paths.js";
import { whyTooLarge } from "./request-size.js";
import { ClientHistory } from "./trace/client-history.js";

/** How long `open` waits for links when some replicas are down. */
const LINKS_TIMEOUT_MS = 300;
/** How long an accepted request waits for the answers that are still out, so that a liar among them is seen. */
const LINGER_MS = 100;
const SUBMIT_TIMEOUT_MS = 10_000;

/** An answered request: what enough replicas agree on (f+1, or one where none lies), and who said what. */
export interface SubmitOutcome {
  readonly operations: readonly string[];
  readonly results: readonly OperationResult[];
  readonly seq: number;
  readonly view: number;
  /** With the timestamp, the name of the request. */
  readonly client: number;
  readonly timestamp: number;
  readonly agreed: readonly number[];
  readonly disagreed: readonly { readonly replica: number; readonly results: readonly OperationResult[] }[];
  readonly silent: readonly number[];
  /** From sending to enough equal replies. */
  readonly latencyMs: number;
}

/** Stands between an honest client and the network, and says what is done instead of what the client does. */
export type ClientDisguise = (input: ClientInput, honest: readonly ClientEffect[]) => readonly ClientEffect[];

/** What a lying client has: the public configuration and its own key. */
export interface ClientDisguiseContext {
  readonly self: ClientId;
  readonly replicas: number;
  readonly faults: number;
  readonly window: number;
  readonly ports: Ports;
}

/** A client that lies, under an identity of the cluster that honest clients do not get. */
export interface LyingClient {
  /** Name of its behaviour. */
  readonly behaviour: string;
  readonly disguise: (context: ClientDisguiseContext) => ClientDisguise;
}

type OwnInput = Extract<ClientInput, { kind: "submit" }>;
type OwnEffect = Extract<ClientEffect, { kind: "submitted" | "accepted" | "answered" | "fell-back" | "dropped" }>;

export interface SubmitOptions {
  /** How long to wait; 10 seconds unless given. */
  readonly timeoutMs?: number;
  /** The operations change nothing: a cluster with fast reads answers them without ordering. */
  readonly readOnly?: boolean;
  /**
   * All replicas are to reply, and after enough equal answers the others are waited for a moment, so that a liar among them is seen; true
   * unless given. Otherwise no more are asked to reply than are needed.
   */
  readonly linger?: boolean;
}

interface Pending {
  timestamp: Timestamp;
  readonly sentAt: number;
  accepted: { readonly outcome: Outcome; readonly latencyMs: number } | null;
  onAccepted: () => void;
  onComplete: () => void;
}

/** Enough equal replies did not come in time. What became of the request is not known; this is its name. */
export class NoQuorumError extends ClusterError {
  readonly client: number;
  readonly timestamp: number;

  constructor(message: string, client: number, timestamp: number) {
    super("no-quorum", message);
    this.client = client;
    this.timestamp = timestamp;
  }
}

/** A client of a running cluster, with an identity of its own for as long as it is open. */
export class ClusterClient {
  readonly #config: ClusterConfig;
  readonly #rules: ClientRules;
  readonly #lease: ClientLease;
  readonly #machine: Client;
  readonly #replies: ReplyBook;
  readonly #host: ClientHost<ClientMessage, OwnInput, OwnEffect>;
  /** Null in a cluster that is not traced. */
  readonly #history: ClientHistory | null;
  readonly #pending = new Map<number, Pending>();
  readonly #linksUp = new Set<number>();
  #onLinks: () => void = () => undefined;
  /** What is being handed in, until its timestamp is known. */
  #submitting: { readonly operations: readonly string[]; readonly readOnly: boolean } | null = null;
  #submitted: Timestamp | null = null;
  #fatal: unknown = null;

  /**
   * Connects to the replicas that are up.
   * @throws ClusterError `no-cluster`, `cluster-damaged`, `no-free-client`.
   */
  static async open(dir: string, liar: LyingClient | null = null): Promise<ClusterClient> {
    const config = await loadCluster(dir);
    const paths = new ClusterPaths(dir);
    const lease = (liar === null ? leaseClient : leaseLyingClient)(paths, config.clients.length);
    try {
      const client = new ClusterClient(config, paths, lease, liar);
      await client.#waitForLinks();
      return client;
    } catch (error) {
      lease.release();
      throw error;
    }
  }

  private constructor(config: ClusterConfig, paths: ClusterPaths, lease: ClientLease, liar: LyingClient | null) {
    this.#config = config;
    this.#lease = lease;
    const self = clientId(lease.id);
    const keyring = openKeyring(config, clientPrincipal(self), paths.clientKey(lease.id));
    const ports = portsOf(keyring);
    this.#rules = rulesForClients(config);
    const machine = new Client(
      {
        ...this.#rules,
        self,
        replicas: config.replicas.length,
        window: config.limits.clientWindow,
        retryMs: config.timeouts.clientRetryMs,
        // Microseconds: whoever has this identity next, at least a process start later, begins higher.
        firstTimestamp: (Date.now() * 1000) as Timestamp,
        reads: config.reads,
      },
      ports,
    );
    this.#machine = machine;
    this.#replies = new ReplyBook(paths.evidence, config);
    const { clientWindow: window } = config.limits;
    const lie = liar?.disguise({ self, replicas: config.replicas.length, faults: config.faults, window, ports }) ?? null;
    this.#host = new ClientHost<ClientMessage, OwnInput, OwnEffect>({
      machine: {
        step: (input) => {
          if (input.kind === "message") this.#replies.hear(input.signed);
          return lie === null ? machine.step(input) : lie(input, machine.step(input));
        },
      },
      codec: clientCodec,
      keyring,
      replicas: config.replicas.map(({ id, host, port }) => ({ id: replicaId(id), host, port })),
      // Of an answer that nobody waits for, only what contradicts the others matters: it is evidence.
      reasonToDrop: (_from, message) =>
        message.kind === "reply" && !this.#pending.has(message.timestamp) && machine.isKnown(message) ? "already-accepted" : null,
      onResult: (effect) => this.#onEffect(effect),
      onFatal: (error) => {
        this.#fatal = error;
      },
      onLink: (replica, up) => {
        if (up) this.#linksUp.add(replica);
        else this.#linksUp.delete(replica);
        this.#onLinks();
      },
    });
    const { clusterId } = config;
    this.#history =
      config.trace === "off"
        ? null
        : new ClientHistory({ folder: paths.history, clusterId, client: lease.id, behaviour: liar?.behaviour ?? null });
    this.#host.start();
  }

  /**
   * Has operations ordered and executed as one request, one result for each.
   * @throws NoQuorumError when enough equal replies do not come in time, ClusterError `operation-too-large`.
   */
  async submit(operations: readonly string[], options: SubmitOptions = {}): Promise<SubmitOutcome> {
    this.#checkSize(operations);
    if (!this.#machine.canSubmit)
      throw new ClusterError(
        "refused",
        `${this.#config.limits.clientWindow} requests of this client are outstanding; wait for one to be answered`,
      );
    const pending: Pending = {
      timestamp: 0 as Timestamp,
      sentAt: performance.now(),
      accepted: null,
      onAccepted: () => undefined,
      onComplete: () => undefined,
    };
    const accepted = new Promise<void>((resolve) => {
      pending.onAccepted = resolve;
    });
    const complete = new Promise<void>((resolve) => {
      pending.onComplete = resolve;
    });
    this.#submit(operations, options, pending);
    try {
      const timeoutMs = options.timeoutMs ?? SUBMIT_TIMEOUT_MS;
      await within(accepted, timeoutMs);
      if (pending.accepted === null) throw this.#noQuorum(timeoutMs, pending.timestamp);
      if (options.linger !== false) await within(complete, LINGER_MS);
      const outcome = this.#machine.outcome(pending.timestamp) ?? pending.accepted.outcome;
      return { ...outcome, client: this.id, latencyMs: pending.accepted.latencyMs };
    } finally {
      this.#pending.delete(pending.timestamp);
    }
  }

  /** Which of the cluster's clients this is. */
  get id(): number {
    return this.#lease.id;
  }

  async close(): Promise<void> {
    this.#host.close();
    this.#history?.close();
    this.#lease.release();
  }

  #submit(operations: readonly string[], { readOnly = false, linger = true }: SubmitOptions, pending: Pending): void {
    this.#submitted = null;
    this.#submitting = { operations, readOnly: readOnly && this.#config.reads === "fast" };
    this.#host.input({ kind: "submit", operations, readOnly, replies: linger ? "all" : "enough" });
    this.#submitting = null;
    const timestamp = this.#submitted as Timestamp | null;
    if (timestamp === null)
      throw new ClusterError("refused", `the client has stopped: ${reasonOf(this.#fatal ?? "it was closed")}`);
    pending.timestamp = timestamp;
    this.#pending.set(timestamp, pending);
  }

  #onEffect(effect: OwnEffect): void {
    switch (effect.kind) {
      case "submitted":
        this.#submitted = effect.timestamp;
        // Before the request itself is sent. One that falls back is told below, in the same turn.
        if (this.#submitting !== null) this.#history?.invoked(effect.timestamp, this.#submitting);
        break;
      case "accepted": {
        this.#history?.answered(effect.outcome);
        const pending = this.#pending.get(effect.outcome.timestamp);
        if (pending === undefined) return;
        pending.accepted = { outcome: effect.outcome, latencyMs: performance.now() - pending.sentAt };
        pending.onAccepted();
        break;
      }
      case "fell-back": {
        this.#history?.fellBack(effect.from, effect.to);
        const pending = this.#pending.get(effect.from);
        if (pending === undefined) return;
        this.#pending.delete(effect.from);
        pending.timestamp = effect.to;
        this.#pending.set(effect.to, pending);
        break;
      }
      case "answered": {
        const outcome = this.#machine.outcome(effect.timestamp);
        // Who is not connected will not answer: nobody waits for it.
        if (outcome?.silent.every((replica) => !this.#linksUp.has(replica)) === true)
          this.#pending.get(effect.timestamp)?.onComplete();
        break;
      }
      case "dropped":
        break;
    }
  }

  #checkSize(operations: readonly string[]): void {
    if (operations.length === 0)
      throw new ClusterError("refused", `there is no operation to submit; give one, like: bft submit "set x 1"`);
    if (!operations.every(isWireText))
      throw new ClusterError(
        "refused",
        "an operation must be well-formed Unicode text that does not begin with a byte order mark",
      );
    const why = whyTooLarge(operations, this.#config.limits);
    if (why !== null) throw new ClusterError("operation-too-large", why);
  }

  /** All links, or as many as come up soon: a replica that is down must not hold up a client. */
  async #waitForLinks(): Promise<void> {
    const { replicas, faults } = this.#config;
    const up = (count: number) =>
      new Promise<void>((resolve) => {
        this.#onLinks = () => this.#linksUp.size >= count && resolve();
        this.#onLinks();
      });
    await within(up(replicas.length), LINKS_TIMEOUT_MS / 10);
    if (this.#linksUp.size < replicas.length - faults) await within(up(replicas.length - faults), LINKS_TIMEOUT_MS);
    this.#onLinks = () => undefined;
  }

  #noQuorum(timeoutMs: number, timestamp: number): NoQuorumError {
    return new NoQuorumError(this.#whyNoQuorum(timeoutMs, `${this.id}:${timestamp}`), this.id, timestamp);
  }

  #whyNoQuorum(timeoutMs: number, request: string): string {
    const all = this.#config.replicas.map(({ id }) => id);
    const down = all.filter((id) => !this.#linksUp.has(id));
    const quorum = all.length - this.#config.faults;
    const seconds = `${timeoutMs / 1000} s`;
    if (down.length > this.#config.faults)
      return `no answer within ${seconds}: ${names(down)} can not be reached, so ${all.length - down.length} of ${all.length} are up and ${quorum} are needed; bring one back with: bft restart ${down[0]}`;
    const unreachable = down.length === 0 ? "" : ` (${names(down)} can not be reached)`;
    const { answers, asks } = this.#rules;
    const missing = asks === "who-answered" ? "no answer of a leader" : `no ${answers} equal answers`;
    return `${missing} within ${seconds}${unreachable}; the operation may still be executed: look with bft explain ${request}, then submit again or wait longer with --timeout`;
  }
}

/** What the cluster's protocol asks of its clients. */
export function rulesForClients({ protocol: name, replicas, faults, reads }: ClusterConfig): ClientRules {
  const protocol = protocolNamed(name);
  return protocol.clientRules(protocol.quorums(replicas.length, faults), reads);
}

function names(ids: readonly number[]): string {
  return ids.length === 1 ? `replica ${ids[0]}` : `replicas ${ids.join(", ")}`;
}

/** Resolves when `done` does, or after `ms`. */
async function within(done: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, timeout]);
  clearTimeout(timer);
}
