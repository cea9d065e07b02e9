import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/** The longest path that a unix domain socket may have on Linux and macOS, with room for its ending zero. */
const SOCKET_PATH_BYTES_MAX = 103;

/** Where everything of one cluster stands (docs/cluster-directory.md). */
export class ClusterPaths {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = resolve(dir);
  }

  get config(): string {
    return join(this.dir, "cluster.json");
  }

  /** A service of the person's own, as all replicas run it. */
  get service(): string {
    return join(this.dir, "service.js");
  }

  get keys(): string {
    return join(this.dir, "keys");
  }

  replicaKey(id: number): string {
    return join(this.keys, `replica-${id}.json`);
  }

  clientKey(id: number): string {
    return join(this.keys, `client-${id}.json`);
  }

  clientLease(id: number): string {
    return join(this.dir, "clients", `client-${id}.json`);
  }

  /** There when a client has lied under this identity. */
  clientLied(id: number): string {
    return join(this.dir, "clients", `client-${id}.lied`);
  }

  replica(id: number): string {
    return join(this.dir, `replica-${id}`);
  }

  /** Segments of what a replica did, for checkers (docs/trace-format.md). */
  trace(id: number): string {
    return join(this.replica(id), "trace");
  }

  /** Segments of every input that a replica took, to do them again (docs/replay.md). */
  recording(id: number): string {
    return join(this.replica(id), "recording");
  }

  /** Proofs against replicas that lied (docs/evidence.md). */
  get evidence(): string {
    return join(this.dir, "evidence");
  }

  /** What each client asked for and was told, for checkers. */
  get history(): string {
    return join(this.dir, "history");
  }

  textLog(id: number): string {
    return join(this.replica(id), "replica.log");
  }

  process(id: number): string {
    return join(this.replica(id), "process.json");
  }

  adminSocket(id: number): string {
    return this.#socket(join(this.replica(id), "admin.sock"));
  }

  /** Held open by a `bft up` in the foreground: replicas end when it does. */
  get lifeline(): string {
    return this.#socket(join(this.dir, "up.sock"));
  }

  /** The path itself, or a hashed one in the temporary folder when it is too long for a socket. */
  #socket(path: string): string {
    if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX) return path;
    const folder = join(tmpdir(), `bft-${userInfo().uid}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(folder, `${createHash("sha256").update(path).digest("hex").slice(0, 24)}.sock`);
  }
}
