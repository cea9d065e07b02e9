import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";
import { ClusterError, systemCode } from "./errors.js";
import type { ClusterPaths } from "./paths.js";
import { lookUpProcess, selfIdentity } from "./process-identity.js";

const leaseSchema = v.object({ pid: v.number(), started: v.string() });

/** One of the cluster's client identities, borrowed by this process until `release`. */
export interface ClientLease {
  readonly id: number;
  release(): void;
}

/**
 * Borrows a client identity that no living process has: an identity used twice at once would mix up its replies.
 * @throws ClusterError `no-free-client` when all are taken.
 */
export function leaseClient(paths: ClusterPaths, clients: number): ClientLease {
  for (let id = 0; id < clients; id++) {
    const path = paths.clientLease(id);
    if (take(path)) return { id, release: () => rmSync(path, { force: true }) };
  }
  throw new ClusterError(
    "no-free-client",
    `all ${clients} client identities of this cluster are in use; wait for another bft command to end`,
  );
}

/**
 * Borrows an identity for a lying client: one from the upper half that none lied under before, because its lies may leave it
 * useless, or the highest one when all of those have lied. Honest clients take theirs from the lower end.
 * @throws ClusterError `no-free-client` when all are taken.
 */
export function leaseLyingClient(paths: ClusterPaths, clients: number): ClientLease {
  const upper = Array.from({ length: Math.ceil(clients / 2) }, (_, index) => clients - 1 - index);
  const fresh = upper.filter((id) => !existsSync(paths.clientLied(id)));
  for (const id of [...fresh, ...upper]) {
    const path = paths.clientLease(id);
    if (!take(path)) continue;
    writeFileSync(paths.clientLied(id), "", { mode: 0o600 });
    return { id, release: () => rmSync(path, { force: true }) };
  }
  throw new ClusterError("no-free-client", "all client identities for lying clients are in use; wait for another one to end");
}

function take(path: string): boolean {
  if (create(path)) return true;
  if (isHeld(path)) return false;
  // Its holder has ended without giving it back. Of several that find this at once, `create` lets one have it.
  rmSync(path, { force: true });
  return create(path);
}

function create(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, JSON.stringify(selfIdentity()), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function isHeld(path: string): boolean {
  try {
    const parsed = v.safeParse(leaseSchema, JSON.parse(readFileSync(path, "utf8")));
    return parsed.success && lookUpProcess(parsed.output.pid)?.identity.started === parsed.output.started;
  } catch {
    // Gone again, or being written this very moment by another: the next identity will do.
    return true;
  }
}
