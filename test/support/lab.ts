import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdminClient, type ClusterConfig, type ReplicaStatus } from "@bft/replica";
import { expect } from "chai";
import { inProject } from "./project.js";

/** How long a condition of a running cluster may take to come true. Long, for a machine that is busy; a test never waits it out. */
export const PATIENCE_MS = 45_000;

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `bft submit --json` prints for each request. */
export interface Submitted {
  readonly results: readonly { readonly ok: boolean; readonly value: string | null }[];
  readonly seq: number;
  readonly view: number;
  readonly agreed: readonly number[];
  readonly disagreed: readonly { readonly replica: number }[];
  readonly silent: readonly number[];
}

/** A folder of its own in which the real command line runs, and a promise that nothing of it is left in the end. */
export class Lab {
  readonly dir: string;
  readonly #children = new Set<ChildProcess>();

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async open(): Promise<Lab> {
    return new Lab(await mkdtemp(join(tmpdir(), "bft-e2e-")));
  }

  get cluster(): string {
    return join(this.dir, ".bft");
  }

  /** Runs `bft` with these arguments to its end. */
  run(...args: readonly string[]): Promise<CommandResult> {
    return finished(this.spawn(...args));
  }

  /** Runs `node` itself, to compare with. */
  node(...args: readonly string[]): Promise<CommandResult> {
    return finished(spawn(process.execPath, args, { cwd: this.dir, stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** Starts `bft` with these arguments and leaves it running. */
  spawn(...args: readonly string[]): ChildProcess {
    const bin = inProject("packages", "cli", "bin", "bft.js");
    const env = { ...process.env, NO_COLOR: "1", BFT_DIR: this.cluster };
    const child = spawn(process.execPath, [bin, ...args], { cwd: this.dir, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    child.on("close", () => this.#children.delete(child));
    return child;
  }

  /** Runs a command that has to succeed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    expect(code, `bft ${args.join(" ")}\n${stdout}\n${stderr}\n${this.logs()}`).to.equal(0);
    return stdout;
  }

  async submit(...operations: readonly string[]): Promise<Submitted> {
    return JSON.parse(await this.ok("submit", "--json", "--timeout", `${PATIENCE_MS}ms`, ...operations)) as Submitted;
  }

  /** The one result of one operation. */
  async value(operation: string): Promise<string | null> {
    const { results } = await this.submit(operation);
    expect(results).to.have.length(1);
    expect(results[0]?.ok, operation).to.equal(true);
    return results[0]?.value ?? null;
  }

  /** What a running replica says of itself. */
  async status(id: number): Promise<ReplicaStatus> {
    const admin = await AdminClient.connect(this.cluster, id, PATIENCE_MS);
    try {
      return (await admin.status()).status;
    } finally {
      admin.close();
    }
  }

  /** Makes a cluster and changes its configuration before its replicas start: a small window makes checkpoints frequent. */
  async upTuned(limits: Partial<ClusterConfig["limits"]>, ...args: readonly string[]): Promise<void> {
    await this.ok("up", "--detach", ...args);
    await this.ok("down");
    const file = join(this.cluster, "cluster.json");
    const config = JSON.parse(readFileSync(file, "utf8")) as ClusterConfig;
    writeFileSync(file, JSON.stringify({ ...config, limits: { ...config.limits, ...limits } }));
    await this.ok("up", "--detach");
  }

  /** Waits until every replica has executed `seq` and all have the same digest in the slots that they still show. */
  async converge(replicas: readonly number[], seq: number): Promise<void> {
    await until(`replicas ${replicas.join(", ")} have executed ${seq}`, async () => {
      const executed = await Promise.all(replicas.map(async (id) => (await this.status(id)).machine.lastExecuted));
      return executed.every((each) => each >= seq);
    });
    const states = await Promise.all(replicas.map((id) => this.status(id)));
    const digests = states.flatMap(({ machine }) => machine.slots.filter((slot) => slot.seq === seq).map((slot) => slot.digest));
    expect(new Set(digests).size, `digests of slot ${seq}`).to.be.at.most(1);
  }

  /** Process ids of the replicas that were started here, whether they still live or not. */
  pids(): number[] {
    return readdirSync(this.cluster)
      .filter((name) => name.startsWith("replica-"))
      .map((name) => join(this.cluster, name, "process.json"))
      .filter((file) => existsSync(file))
      .map((file) => (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid);
  }

  /** The kinds of all events that a replica has written to its text log, but for executions. */
  events(id: number): string[] {
    const text = readFileSync(join(this.cluster, `replica-${id}`, "replica.log"), "utf8");
    return text.split("\n").flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { kind?: string }).kind ?? ""]));
  }

  /** The end of each replica's log, for the message of a failed assertion. */
  logs(): string {
    if (!existsSync(this.cluster)) return "";
    return readdirSync(this.cluster)
      .map((name) => join(this.cluster, name, "replica.log"))
      .filter((file) => existsSync(file))
      .map((file) => `--- ${file}\n${readFileSync(file, "utf8").slice(-3000)}`)
      .join("\n");
  }

  /** Stops what still runs and deletes the folder. */
  async close(): Promise<void> {
    if (existsSync(join(this.cluster, "cluster.json"))) await this.run("down");
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** What a command printed, and how it ended. */
function finished(child: ChildProcess): Promise<CommandResult> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Waits until `probe` gives true; what it throws meanwhile counts as "not yet" and is told when time runs out. */
export async function until(what: string, probe: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let last: unknown = null;
  for (;;) {
    try {
      if (await probe()) return;
      last = null;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${PATIENCE_MS} ms`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** True while the process runs; one that has ended and only waits to be collected by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc/self/stat") || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
