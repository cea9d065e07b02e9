import { AdminClient, replicaProcess } from "@bft/replica";
import type { WatchAction } from "../watch/observe.js";
import type { Cluster } from "./cluster.js";

/** How often the operating system is asked which replicas run. */
const CHECK_MS = 500;
const CONNECT_TIMEOUT_MS = 1000;

export interface WatcherOptions {
  readonly cluster: Cluster;
  readonly intervalMs: number;
  readonly onAction: (action: WatchAction) => void;
}

interface Watched {
  /** null while it is not connected. */
  admin: AdminClient | null;
  connecting: boolean;
}

/** Watches every replica of a cluster, through crashes and restarts, and tells what it sees as actions. */
export class ClusterWatcher {
  readonly #options: WatcherOptions;
  readonly #watched: readonly Watched[];
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#watched = options.cluster.config.replicas.map(() => ({ admin: null, connecting: false }));
  }

  start(): void {
    void this.#round();
  }

  /** Looks at the processes again now: something was just done to one of them. */
  checkSoon(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    void this.#round();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const { admin } of this.#watched) admin?.close();
  }

  async #round(): Promise<void> {
    await Promise.all(this.#watched.map((watched, id) => this.#check(watched, id)));
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#round(), CHECK_MS);
  }

  async #check(watched: Watched, id: number): Promise<void> {
    const { cluster, onAction } = this.#options;
    // A folder that is gone has no replicas: that is what there is to see.
    const found = await replicaProcess(cluster.dir, id).catch(() => null);
    if (this.#stopped) return;
    onAction({ kind: "process", id, atMs: Date.now(), process: found?.state ?? "down", pid: found?.pid ?? null });
    if (found?.state === "running" && watched.admin === null && !watched.connecting) void this.#connect(watched, id);
  }

  async #connect(watched: Watched, id: number): Promise<void> {
    const { cluster, intervalMs, onAction } = this.#options;
    watched.connecting = true;
    // A replica that starts or ends just now refuses: the next round tries again.
    const admin = await AdminClient.connect(cluster.dir, id, CONNECT_TIMEOUT_MS).catch(() => null);
    watched.connecting = false;
    if (admin === null) return;
    if (this.#stopped) return admin.close();
    watched.admin = admin;
    admin.watch(
      intervalMs,
      (status, events) => {
        if (!this.#stopped) onAction({ kind: "status", id, atMs: Date.now(), status, events });
      },
      () => {
        watched.admin = null;
        if (this.#stopped) return;
        onAction({ kind: "lost", id, atMs: Date.now() });
        this.checkSoon();
      },
    );
  }
}
