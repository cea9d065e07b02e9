import { rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { ClusterPaths } from "./paths.js";

/**
 * A socket that `bft up` holds open while it runs in the foreground. Each replica started meanwhile, by whatever command,
 * connects to it and ends when it breaks: so that nothing is left running, however `bft up` ends.
 */
export async function openLifeline(dir: string): Promise<{ close(): Promise<void> }> {
  const path = new ClusterPaths(dir).lifeline;
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Calls `onBroken` once when the lifeline of `dir` breaks; without one the replica is on its own. Resolves when that is clear. */
export function holdLifeline(dir: string, onBroken: () => void): Promise<{ close(): void }> {
  return new Promise((resolve) => {
    const socket = connect(new ClusterPaths(dir).lifeline);
    socket.once("error", () => resolve({ close: () => undefined }));
    socket.once("connect", () => {
      socket.on("close", onBroken);
      resolve({
        close() {
          socket.off("close", onBroken);
          socket.destroy();
        },
      });
    });
  });
}
