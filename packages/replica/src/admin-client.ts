import { connect, type Socket } from "node:net";
import type { AdminAnswer, AdminRequest, LinkChange, ReplicaEvent, ReplicaStatus } from "./admin-protocol.js";
import { ClusterError, systemCode } from "./errors.js";
import { readJsonLines, writeJsonLine } from "./json-lines.js";
import { ClusterPaths } from "./paths.js";

/** A request without its number. */
type Command = AdminRequest extends infer R ? (R extends AdminRequest ? Omit<R, "request"> : never) : never;

/** One connection to a replica's admin socket. */
export class AdminClient {
  readonly #socket: Socket;
  readonly #id: number;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<number, (answer: AdminAnswer) => void>();
  #requests = 0;
  #closed = false;
  readonly #onClosed = new Set<() => void>();

  private constructor(socket: Socket, id: number, timeoutMs: number) {
    this.#socket = socket;
    this.#id = id;
    this.#timeoutMs = timeoutMs;
    readJsonLines(socket, (value) => {
      const answer = value as AdminAnswer;
      this.#waiting.get(answer.request)?.(answer);
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#closed = true;
      for (const closed of this.#onClosed) closed();
    });
  }

  /**
   * @throws ClusterError `not-running` when no process answers there, `no-answer` when one does not in time (a paused replica).
   */
  static connect(dir: string, id: number, timeoutMs = 2_000): Promise<AdminClient> {
    const path = new ClusterPaths(dir).adminSocket(id);
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      const timer = setTimeout(() => {
        socket.destroy();
        reject(noAnswer(id, timeoutMs));
      }, timeoutMs);
      socket.once("error", (error) => {
        clearTimeout(timer);
        const code = systemCode(error);
        const gone = code === "ENOENT" || code === "ECONNREFUSED" || code === "ECONNRESET";
        reject(
          gone ? notRunning(id) : new ClusterError("no-answer", `replica ${id} can not be reached on ${path}: ${error.message}`),
        );
      });
      socket.once("connect", () => {
        clearTimeout(timer);
        socket.removeAllListeners("error");
        resolve(new AdminClient(socket, id, timeoutMs));
      });
    });
  }

  async status(): Promise<{ readonly status: ReplicaStatus; readonly events: readonly ReplicaEvent[] }> {
    const answer = await this.#ask({ command: "status" });
    if (answer.ok && "status" in answer) return answer;
    throw new ClusterError("no-answer", `replica ${this.#id} did not answer with its status`);
  }

  /** Calls `onUpdate` at once and then every `intervalMs`, and `onClose` once when the replica has gone. */
  watch(
    intervalMs: number,
    onUpdate: (status: ReplicaStatus, events: readonly ReplicaEvent[]) => void,
    onClose: () => void,
  ): void {
    if (this.#closed) return onClose();
    this.#onClosed.add(onClose);
    const request = this.#next();
    this.#waiting.set(request, (answer) => {
      if (answer.ok && "status" in answer) onUpdate(answer.status, answer.events);
    });
    writeJsonLine(this.#socket, { request, command: "watch", intervalMs } satisfies AdminRequest);
  }

  /**
   * `accomplices`: the replicas that lie by a shared plan; this one need not be among them.
   * @throws ClusterError `refused` when the replica knows no such behaviour, or no such accomplice.
   */
  async behave(behaviour: string | null, accomplices: readonly number[]): Promise<void> {
    await this.#ask({ command: "behave", behaviour, accomplices });
  }

  /** @throws ClusterError `refused` when there is no such link, or a value is out of its range. */
  async link(change: LinkChange): Promise<void> {
    await this.#ask({ command: "link", change });
  }

  async shutdown(): Promise<void> {
    await this.#ask({ command: "shutdown" });
  }

  close(): void {
    this.#socket.destroy();
  }

  #next(): number {
    this.#requests += 1;
    return this.#requests;
  }

  #ask(command: Command): Promise<AdminAnswer> {
    const request = this.#next();
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(request);
        this.#onClosed.delete(onClosed);
        act();
      };
      const timer = setTimeout(() => settle(() => reject(noAnswer(this.#id, this.#timeoutMs))), this.#timeoutMs);
      const onClosed = () => settle(() => reject(notRunning(this.#id)));
      if (this.#closed) return onClosed();
      this.#onClosed.add(onClosed);
      this.#waiting.set(request, (answer) =>
        settle(() => (answer.ok ? resolve(answer) : reject(new ClusterError("refused", answer.error)))),
      );
      writeJsonLine(this.#socket, { request, ...command });
    });
  }
}

function notRunning(id: number): ClusterError {
  return new ClusterError("not-running", `replica ${id} is not running; start it with: bft restart ${id}`);
}

function noAnswer(id: number, timeoutMs: number): ClusterError {
  return new ClusterError(
    "no-answer",
    `replica ${id} does not answer within ${timeoutMs} ms; if it is paused, let it go on with: bft resume ${id}`,
  );
}
