import { ClusterClient } from "@bft/replica";
import type { Command, DashboardAction } from "../dashboard/state.js";
import { outcomeSentence } from "../view/outcome.js";
import type { FeedTone } from "../watch/feed.js";
import type { Cluster } from "./cluster.js";
import { behave, kill, pause, restart, resume } from "./faults.js";

export interface CommandRunnerOptions {
  readonly cluster: Cluster;
  readonly onAction: (action: DashboardAction) => void;
}

type Runnable = Exclude<Command, { kind: "quit" | "redraw" | "chart" }>;
type OnReplica = Exclude<Runnable, { kind: "submit" }>;

const SUBMIT_TIMEOUT_MS = 10_000;

/** Does what the keys of the dashboard ask for, and tells the outcome as actions. */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  readonly #busy = new Set<number>();
  #client: Promise<ClusterClient> | null = null;

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  async run(command: Runnable): Promise<void> {
    try {
      if (command.kind === "submit") await this.#submit(command.operation);
      else await this.#act(command);
    } catch (error) {
      this.#note(error instanceof Error ? error.message : String(error), "bad");
    }
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    await client?.close();
  }

  #note(text: string, tone: FeedTone): void {
    this.#options.onAction({ kind: "note", atMs: Date.now(), text, tone });
  }

  /** One thing at a time is done to a replica: a second key press while it restarts does nothing. */
  async #act(command: OnReplica): Promise<void> {
    const { replica } = command;
    if (this.#busy.has(replica)) return;
    this.#busy.add(replica);
    this.#options.onAction({ kind: "busy", replica, doing: doing[command.kind] });
    try {
      await this.#do(command);
    } finally {
      this.#busy.delete(replica);
      this.#options.onAction({ kind: "busy", replica, doing: null });
    }
  }

  async #do(command: OnReplica): Promise<void> {
    const { cluster } = this.#options;
    switch (command.kind) {
      case "kill":
        return kill(cluster, command.replica);
      case "restart":
        await restart(cluster, command.replica);
        return;
      case "pause":
        return pause(cluster, command.replica);
      case "resume":
        return resume(cluster, command.replica);
      case "behave":
        return behave(cluster, [command.replica], command.behaviour);
    }
  }

  async #submit(operation: string): Promise<void> {
    this.#client ??= ClusterClient.open(this.#options.cluster.dir);
    const client = await this.#client.catch((error: unknown) => {
      this.#client = null;
      throw error;
    });
    const outcome = await client.submit([operation], { timeoutMs: SUBMIT_TIMEOUT_MS });
    this.#note(
      outcomeSentence(outcome, this.#options.cluster.config.protocol),
      outcome.results.every((result) => result.ok) ? "good" : "warn",
    );
  }
}

const doing: Readonly<Record<OnReplica["kind"], string>> = {
  kill: "killing",
  restart: "restarting",
  pause: "pausing",
  resume: "resuming",
  behave: "changing",
};
