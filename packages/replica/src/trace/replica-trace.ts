import {
  dropWithId,
  type Effect,
  type Input,
  type MachineStatus,
  type MessageBase,
  messageIdOf,
  type Principal,
  type Protocol,
  principalName,
  type ReplicaHappening,
  type ReplicaId,
  type Statement,
} from "@bft/core";
import type { DurableLog } from "@bft/net";
import { bootId } from "./clock.js";
import { Sparing } from "./sparing.js";
import { TraceWriter } from "./trace-writer.js";

/** How often it is looked at what is kept in memory. */
const RETAINED_MS = 1_000;
/** The kind of PBFT's messages that say where a replica stands, and the timer for them. */
const STATUS = "status";

export interface ReplicaTraceOptions {
  readonly folder: string;
  readonly clusterId: string;
  readonly self: ReplicaId;
  readonly replicas: number;
  readonly protocol: Protocol;
  /** Of the machine after its recovery. */
  readonly inspect: () => MachineStatus;
  /** False: only starts and lies are told, which must never be forgotten. */
  readonly traced: boolean;
  /** It had to begin without what it had written down. */
  readonly memoryLost: boolean;
  /** Called at most once, with the reason: from now on nothing is traced. */
  readonly onStopped: (error: unknown) => void;
}

/** What one replica does, as its trace tells it. */
export class ReplicaTrace {
  readonly #options: ReplicaTraceOptions;
  readonly #writer: TraceWriter;
  readonly #dropped = new Map<string, number>();
  /** The last heartbeat, or answer to one, to each replica. */
  readonly #heartbeats = new Map<string, string>();
  /** What was taken of each kind of heartbeat last, by who sent it. */
  readonly #taken = new Map<string, string>();
  /** A flood of what is of no use must not drive out what matters. */
  readonly #sparing = new Sparing();
  readonly #timer: NodeJS.Timeout;
  /** What the machine works on. */
  #input: Input<MessageBase> | null = null;
  #droppedIsNew = false;
  #retained = "";

  constructor(options: ReplicaTraceOptions) {
    const { folder, clusterId, self: replica, traced, onStopped } = options;
    this.#options = options;
    this.#writer = new TraceWriter({ folder, clusterId, replica, boot: bootId(), traced, onStopped });
    if (options.memoryLost) this.#writer.add({ kind: "disk-lost", replica });
    const { view, lastExecuted, lowWaterMark, abstaining } = options.inspect();
    this.#writer.add({ kind: "started", replica, view, lastExecuted, lowWaterMark, abstaining: abstaining !== null });
    this.#timer = setInterval(() => this.#look(), RETAINED_MS);
    this.#timer.unref();
  }

  /** The log, with what it makes durable made known to the trace. */
  noting(log: DurableLog): DurableLog {
    return {
      append: async (records, sync) => {
        await log.append(records, sync);
        this.#writer.recordsDurable(records.length);
      },
    };
  }

  /** To be called with each input before its effects. */
  take(input: Input<MessageBase>): void {
    this.#input = input;
    const { self, replicas, protocol } = this.#options;
    const happening = protocol.telling.ofInput(input, self, replicas);
    if (happening === null || (happening.kind === "took" && !this.#isTold(happening))) return;
    if (happening.kind === "timer-fired" && happening.timer === STATUS) return;
    this.#writer.add(happening);
  }

  /** A message was dropped before its signature was checked. */
  droppedUnread(from: Principal, message: string, reason: string, signature: Uint8Array): void {
    const { self: replica } = this.#options;
    this.#drop({
      kind: "dropped",
      replica,
      id: messageIdOf({ signature }),
      from: principalName(from),
      message,
      reason,
    });
  }

  refused(peer: Principal | null, reason: string): void {
    const name = peer === null ? null : principalName(peer);
    if (this.#sparing.allows(name ?? "unknown"))
      this.#writer.add({ kind: "refused", replica: this.#options.self, peer: name, reason });
  }

  linkFault(towards: readonly number[], fault: string | null): void {
    this.#writer.add({ kind: "link-fault", replica: this.#options.self, towards, fault });
  }

  /** To be called with each effect in order, as it is really carried out. */
  note(effect: Effect<MessageBase>): void {
    switch (effect.kind) {
      case "persist":
        return this.#writer.recordSeen();
      case "start-timer":
      case "cancel-timer":
        return;
    }
    const { self, replicas, protocol } = this.#options;
    const happening = protocol.telling.ofEffect(effect, self, replicas);
    if (happening?.kind === "dropped") return this.#drop(dropWithId(happening, this.#input));
    if (happening === null || (happening.kind === "sent" && !this.#isNews(happening))) return;
    this.#writer.add(happening);
  }

  #drop(happening: ReplicaHappening): void {
    if (happening.kind !== "dropped" || happening.message === STATUS) return;
    const { from, reason } = happening;
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
    this.#droppedIsNew = true;
    if (this.#sparing.allows(from)) this.#writer.add(happening);
  }

  /** Where a replica stands is said several times a second, and so are heartbeats, which are told once. */
  #isTold({ message, via, view, seq }: Extract<ReplicaHappening, { kind: "took" }>): boolean {
    if (message === STATUS) return false;
    if (message !== "chosen" && message !== "accepted") return true;
    const key = `${message} ${via}`;
    const text = `${view} ${seq}`;
    const isNews = this.#taken.get(key) !== text;
    this.#taken.set(key, text);
    return isNews;
  }

  /** Not where it stands; and what an idle leader says several times a second, and is answered, is told once. */
  #isNews({ to, statement }: Extract<ReplicaHappening, { kind: "sent" }>): boolean {
    const text = heartbeatText(statement);
    if (text === null) return statement.kind !== "other" || statement.message !== STATUS;
    const key = `${statement.kind} ${to.join()}`;
    const isNews = this.#heartbeats.get(key) !== text;
    this.#heartbeats.set(key, text);
    return isNews;
  }

  /** Handed over at once: after a crash it must still be known that this replica lied. */
  behaves(behaviour: string | null): void {
    this.#writer.add({ kind: "behaves", replica: this.#options.self, behaviour });
    void this.#writer.flush();
  }

  broke(error: string): void {
    this.#writer.add({ kind: "broke", replica: this.#options.self, error });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#look();
    await this.#writer.close();
  }

  /** Writes down how much is kept and was dropped, when that has changed. */
  #look(): void {
    if (!this.#options.traced) return;
    if (this.#droppedIsNew) this.#writer.addDropped(Object.fromEntries(this.#dropped));
    this.#droppedIsNew = false;
    const { retained } = this.#options.inspect();
    const text = JSON.stringify(retained);
    if (text === this.#retained) return;
    this.#retained = text;
    this.#writer.add({ kind: "retained", replica: this.#options.self, retained });
  }
}

/** What a statement says that may be repeated for ever in an idle cluster; null for any other. */
function heartbeatText(statement: Statement): string | null {
  switch (statement.kind) {
    case "chosen":
      return `${statement.view} ${statement.upTo}`;
    case "accepted":
      return `${statement.view} ${statement.seq} ${statement.digest}`;
    default:
      return null;
  }
}
