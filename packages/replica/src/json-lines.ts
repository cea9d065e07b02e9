import type { Socket } from "node:net";
import { ADMIN_LINE_BYTES_MAX } from "./admin-protocol.js";

/**
 * Calls `onLine` with each JSON value that a socket brings, one a line. A line that is too long or not JSON ends the
 * connection: the other side is no admin client of ours.
 */
export function readJsonLines(socket: Socket, onLine: (value: unknown) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > ADMIN_LINE_BYTES_MAX) return socket.destroy();
    for (const line of lines) {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        return socket.destroy();
      }
      onLine(value);
    }
    return;
  });
}

export function writeJsonLine(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`);
}
