import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import type { Readable } from "node:stream";
import * as v from "valibot";
import { AdminClient } from "./admin-client.js";
import { loadCluster } from "./cluster-directory.js";
import { ClusterError } from "./errors.js";
import { ClusterPaths } from "./paths.js";
import { lookUpProcess, type ProcessIdentity } from "./process-identity.js";

/** How long a replica may take to come up, and to go down when it is asked to, before it is ended by force. */
const START_TIMEOUT_MS = 30_000;
const SHUTDOWN_TIMEOUT_MS = 3_000;
const KILL_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

const processFileSchema = v.object({ pid: v.number(), started: v.string(), startedAt: v.number() });

export interface RunningReplica {
  readonly pid: number;
  /** Wall clock, milliseconds since 1970. */
  readonly startedAt: number;
  readonly state: "running" | "paused";
}

export interface SpawnOptions {
  readonly dir: string;
  readonly id: number;
  /** Arguments of `node` that start a replica process; `--dir`, `--id` and `--ready-fd` are added. */
  readonly command: readonly string[];
}

/**
 * Starts the process of one replica, which ends with the lifeline of its cluster when there is one (lifeline.ts).
 * @throws ClusterError `no-such-replica`, `refused` when it runs already, `start-failed` with the replica's own words.
 */
export async function startReplica({ dir, id, command }: SpawnOptions): Promise<{ readonly pid: number }> {
  await checkReplica(dir, id);
  const paths = new ClusterPaths(dir);
  const running = await replicaProcess(dir, id);
  if (running !== null) throw new ClusterError("refused", `replica ${id} is running already (process ${running.pid})`);
  mkdirSync(paths.replica(id), { recursive: true, mode: 0o700 });
  const output = openSync(paths.textLog(id), "a", 0o600);
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const child = spawn(process.execPath, [...command, "--dir", paths.dir, "--id", String(id), "--ready-fd", "3"], {
    // A process group of its own: Ctrl-C in the terminal is for `bft up`, which then stops the replicas in order.
    detached: true,
    stdio: ["ignore", output, output, "pipe"],
    env,
  });
  closeSync(output);
  const ready = child.stdio[3] as Readable;
  try {
    const said = await firstLine(ready, START_TIMEOUT_MS);
    if (said === "ready" && child.pid !== undefined) return { pid: child.pid };
    child.kill("SIGKILL");
    throw new ClusterError("start-failed", said === "" ? `replica ${id} ended while it started; see ${paths.textLog(id)}` : said);
  } finally {
    ready.destroy();
    child.unref();
  }
}

/** The first line that a pipe brings, or what there is when it ends or `timeoutMs` pass. */
function firstLine(pipe: Readable, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const done = () => {
      clearTimeout(timer);
      resolve(text.split("\n")[0] ?? "");
    };
    const timer = setTimeout(done, timeoutMs);
    pipe.setEncoding("utf8");
    pipe.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) done();
    });
    pipe.on("close", done);
    pipe.on("error", done);
  });
}

/** The process of a replica, checked against the reuse of process ids; null when it does not run. */
export async function replicaProcess(dir: string, id: number): Promise<RunningReplica | null> {
  const known = readProcessFile(dir, id);
  if (known === null) return null;
  const found = lookUpProcess(known.pid);
  if (found === null || found.identity.started !== known.started) return null;
  return { pid: known.pid, startedAt: known.startedAt, state: found.paused ? "paused" : "running" };
}

function readProcessFile(dir: string, id: number): (ProcessIdentity & { readonly startedAt: number }) | null {
  try {
    const parsed = v.safeParse(processFileSchema, JSON.parse(readFileSync(new ClusterPaths(dir).process(id), "utf8")));
    return parsed.success ? parsed.output : null;
  } catch {
    // No such file, or one that was cut off while it was written: no process is known.
    return null;
  }
}

/** SIGKILL: the crash of the textbook. False when it was not running. @throws ClusterError `no-such-replica`. */
export async function killReplica(dir: string, id: number): Promise<boolean> {
  await checkReplica(dir, id);
  return signalAndWait(dir, id, "SIGKILL", KILL_TIMEOUT_MS);
}

/** Ends a replica in order, and by force when it does not go. False when it was not running. */
export async function stopReplica(dir: string, id: number): Promise<boolean> {
  await checkReplica(dir, id);
  const identity = readProcessFile(dir, id);
  const running = await replicaProcess(dir, id);
  if (identity === null || running === null) return false;
  if (running.state === "paused") return killReplica(dir, id);
  const asked = await AdminClient.connect(dir, id, SHUTDOWN_TIMEOUT_MS)
    .then(async (admin) => {
      await admin.shutdown().finally(() => admin.close());
      return true;
    })
    // It does not answer: the signals below end it all the same.
    .catch(() => false);
  if (asked && (await waitForEnd(identity, SHUTDOWN_TIMEOUT_MS))) return true;
  const ended = await signalAndWait(dir, id, "SIGTERM", SHUTDOWN_TIMEOUT_MS).catch(() => false);
  return ended || asked || (await killReplica(dir, id));
}

/** SIGSTOP. False when it is not running. */
export async function pauseReplica(dir: string, id: number): Promise<boolean> {
  await checkReplica(dir, id);
  return signal(dir, id, "SIGSTOP");
}

/** SIGCONT. False when it is not running. */
export async function resumeReplica(dir: string, id: number): Promise<boolean> {
  await checkReplica(dir, id);
  return signal(dir, id, "SIGCONT");
}

async function signal(dir: string, id: number, name: NodeJS.Signals): Promise<boolean> {
  const running = await replicaProcess(dir, id);
  if (running === null) return false;
  process.kill(running.pid, name);
  return true;
}

async function signalAndWait(dir: string, id: number, name: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
  const running = readProcessFile(dir, id);
  if (running === null || !(await signal(dir, id, name))) return false;
  if (!(await waitForEnd(running, timeoutMs)))
    throw new ClusterError("no-answer", `replica ${id} did not end within ${timeoutMs} ms of ${name}`);
  rmSync(new ClusterPaths(dir).process(id), { force: true });
  return true;
}

/** Waits until the process itself is gone: its port is free then, and its files are no longer written. */
async function waitForEnd(running: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (lookUpProcess(running.pid)?.identity.started === running.started) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/** @throws ClusterError `no-such-replica` that names the replicas there are, `no-cluster` without one. */
export async function checkReplica(dir: string, id: number): Promise<void> {
  const { replicas } = await loadCluster(dir);
  if (!Number.isSafeInteger(id) || id < 0 || id >= replicas.length)
    throw new ClusterError(
      "no-such-replica",
      `replica ${id} does not exist; this cluster has replicas 0 to ${replicas.length - 1}`,
    );
}
