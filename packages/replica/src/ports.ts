import { randomInt } from "node:crypto";
import { createServer, isIPv4 } from "node:net";
import { ClusterError, reasonOf, systemCode } from "./errors.js";

/** Replicas listen on the loopback interface only: this is a laboratory on one machine. */
export const LOOPBACK = "127.0.0.1";

/** Whether nobody on another machine can reach an address. A name is none that is known to be so, but for localhost. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/**
 * Below the range from which systems take the ports of outgoing connections: who dials a closed port inside it may be given
 * that very port, and is then connected to itself.
 */
const FREE_PORTS = { first: 15_000, count: 17_000 } as const;

/** Ports that are free at this moment, all different. @throws ClusterError `port-busy` when there are not so many */
export async function freePorts(count: number): Promise<readonly number[]> {
  const start = randomInt(FREE_PORTS.count);
  const ports: number[] = [];
  for (let i = 0; ports.length < count && i < FREE_PORTS.count; i++) {
    const port = FREE_PORTS.first + ((start + i) % FREE_PORTS.count);
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new ClusterError("port-busy", "there are not enough free ports; choose some with --port");
  return ports;
}

/**
 * The first of so many ports in a row that are free at this moment, and none of `taken`.
 * @throws ClusterError `port-busy` when there are not so many
 */
export async function adjacentFreePorts(count: number, taken: readonly number[]): Promise<number> {
  const start = randomInt(FREE_PORTS.count);
  let inRow = 0;
  for (let i = 0; i < FREE_PORTS.count + count; i++) {
    const offset = (start + i) % FREE_PORTS.count;
    const port = FREE_PORTS.first + offset;
    // A row does not go on from the last port to the first.
    if (offset === 0) inRow = 0;
    inRow = !taken.includes(port) && (await isFree(port)) ? inRow + 1 : 0;
    if (inRow === count) return port - count + 1;
  }
  throw new ClusterError("port-busy", `there are no ${count} free ports in a row; choose some with --metrics`);
}

/**
 * Whether `count` ports from `basePort` on can be had.
 * @param flag where a person chooses them
 * @throws ClusterError `refused` when there are no such ports, `port-busy` with the first that is not free
 */
export async function checkPorts(basePort: number, count: number, flag: string): Promise<void> {
  if (basePort < 1 || basePort + count - 1 > 65_535)
    throw new ClusterError(
      "refused",
      `ports ${basePort} to ${basePort + count - 1} do not exist; choose a base from 1 to ${65_536 - count}`,
    );
  const tried = await Promise.allSettled(Array.from({ length: count }, (_, i) => tryPort(basePort + i)));
  for (const [i, each] of tried.entries()) if (each.status === "rejected") throw notFree(basePort + i, flag, each.reason);
}

function notFree(port: number, flag: string, error: unknown): ClusterError {
  const busy = systemCode(error) === "EADDRINUSE";
  const why = busy ? "is in use by another program" : `can not be used (${reasonOf(error)})`;
  return new ClusterError(
    "port-busy",
    `port ${port} ${why}; choose other ports with ${flag}, or ${flag === "--port" ? "leave --port out" : `say ${flag} auto`} to take free ones`,
  );
}

async function isFree(port: number): Promise<boolean> {
  return tryPort(port).then(
    () => true,
    () => false,
  );
}

/** Listens on the port for a moment. @throws the system's error */
function tryPort(port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => server.close(() => resolve()));
  });
}
