import type { Effect, MachineStatus, MessageBase, Protocol, ReplicaHappening, ReplicaId, Statement } from "@bft/core";
import type { DurableLog } from "@bft/net";
import { bootId } from "./clock.js";
import { TraceWriter } from "./trace-writer.js";

/** How often it is looked at what is kept in memory. */
const RETAINED_MS = 1_000;

export interface ReplicaTraceOptions {
  readonly folder: string;
  readonly clusterId: string;
  readonly self: ReplicaId;
  readonly replicas: number;
  readonly protocol: Protocol;
  /** Of the machine after its recovery. */
  readonly inspect: () => MachineStatus;
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
  readonly #timer: NodeJS.Timeout;
  #droppedIsNew = false;
  #retained = "";

  constructor(options: ReplicaTraceOptions) {
    const { folder, clusterId, self: replica, onStopped } = options;
    this.#options = options;
    this.#writer = new TraceWriter({ folder, clusterId, replica, boot: bootId(), onStopped });
    if (options.memoryLost) this.#writer.add({ kind: "disk-lost", replica });
    const { view, lastExecuted, lowWaterMark, abstaining } = options.inspect();
    this.#writer.add({ kind: "started", replica, view, lastExecuted, lowWaterMark, abstaining: abstaining !== null });
    this.#timer = setInterval(() => this.#look(), RETAINED_MS);
    this.#timer.unref();
  }

  /** The log, with what it makes durable made known to the trace. */
  noting(log: DurableLog): DurableLog {
    return {
      append: async (records) => {
        await log.append(records);
        this.#writer.recordsDurable(records.length);
      },
    };
  }

  /** To be called with each effect in order, as it is really carried out. */
  note(effect: Effect<MessageBase>): void {
    switch (effect.kind) {
      case "persist":
        return this.#writer.recordSeen();
      case "start-timer":
      case "cancel-timer":
        return;
      // Too many to tell each: a flood must not drive out what matters.
      case "dropped":
        this.#dropped.set(effect.reason, (this.#dropped.get(effect.reason) ?? 0) + 1);
        this.#droppedIsNew = true;
        return;
    }
    const { self, replicas, protocol } = this.#options;
    const happening = protocol.happeningOf(effect, self, replicas);
    if (happening === null || (happening.kind === "sent" && !this.#isNews(happening))) return;
    this.#writer.add(happening);
  }

  /** Not what no checker asks for; and what an idle leader says several times a second, and is answered, is told once. */
  #isNews({ to, statement }: Extract<ReplicaHappening, { kind: "sent" }>): boolean {
    const text = heartbeatText(statement);
    if (text === null) return statement.kind !== "other";
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
