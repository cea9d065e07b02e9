import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import * as v from "valibot";
import type { AdminAnswer, LinkChange, ReplicaStatus } from "./admin-protocol.js";
import { reasonOf } from "./errors.js";
import type { EventFeed } from "./event-feed.js";
import { readJsonLines, writeJsonLine } from "./json-lines.js";

/** A watcher that does not read is cut off when so many bytes wait for it. */
const WATCHER_BUFFER_BYTES_MAX = 4 << 20;

const request = v.pipe(v.number(), v.safeInteger());
const replicas = v.array(v.pipe(v.number(), v.safeInteger()));
const impairment = v.object({
  delayMs: v.number(),
  jitterMs: v.number(),
  drop: v.number(),
  duplicate: v.number(),
  reorder: v.number(),
});
const linkChangeSchema = v.variant("kind", [
  v.object({ kind: v.literal("cut"), towards: replicas }),
  v.object({ kind: v.literal("impair"), towards: replicas, impairment }),
  v.object({ kind: v.literal("clear"), towards: replicas }),
]);
const requestSchema = v.variant("command", [
  v.object({ request, command: v.literal("status") }),
  v.object({
    request,
    command: v.literal("watch"),
    intervalMs: v.pipe(v.number(), v.safeInteger(), v.minValue(50), v.maxValue(10_000)),
  }),
  v.object({ request, command: v.literal("behave"), behaviour: v.nullable(v.string()), accomplices: replicas }),
  v.object({ request, command: v.literal("link"), change: linkChangeSchema }),
  v.object({ request, command: v.literal("shutdown") }),
]);

type Request = v.InferOutput<typeof requestSchema>;

/** What the admin socket may do with its replica. */
export interface AdminTarget {
  status(): ReplicaStatus;
  readonly events: EventFeed;
  /** @throws Error with a sentence for a person when there is no such behaviour, or no such accomplice. */
  behave(behaviour: string | null, accomplices: readonly number[]): void;
  /** @throws Error with a sentence for a person when there is no such link, or a value is out of its range. */
  link(change: LinkChange): void;
  shutdown(): void;
}

/** The admin socket of one replica (admin-protocol.ts). It stands in a folder that only the owner can enter. */
export class AdminServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: AdminTarget;

  constructor(target: AdminTarget) {
    this.#target = target;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  listen(path: string): Promise<void> {
    // A socket file that a killed process left behind would make the address seem taken.
    rmSync(path, { force: true });
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(path, resolve);
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroySoon();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const timers = new Set<NodeJS.Timeout>();
    socket.on("close", () => {
      this.#sockets.delete(socket);
      for (const timer of timers) clearInterval(timer);
    });
    // The peer going away is its right; "close" follows.
    socket.on("error", () => socket.destroy());
    readJsonLines(socket, (value) => {
      const parsed = v.safeParse(requestSchema, value);
      if (!parsed.success) socket.destroy();
      else this.#answer(socket, parsed.output, timers);
    });
  }

  #answer(socket: Socket, asked: Request, timers: Set<NodeJS.Timeout>): void {
    const say = (answer: AdminAnswer) => writeJsonLine(socket, answer);
    switch (asked.command) {
      case "status":
        return say({ request: asked.request, ok: true, status: this.#target.status(), events: this.#target.events.since(0) });
      case "watch":
        return this.#watch(socket, asked, timers);
      case "behave":
        return say(done(asked.request, () => this.#target.behave(asked.behaviour, asked.accomplices)));
      case "link":
        return say(done(asked.request, () => this.#target.link(asked.change)));
      case "shutdown":
        say({ request: asked.request, ok: true });
        return this.#target.shutdown();
    }
  }

  #watch(socket: Socket, { request, intervalMs }: Extract<Request, { command: "watch" }>, timers: Set<NodeJS.Timeout>): void {
    const { events } = this.#target;
    let next = 0;
    const tell = () => {
      if (socket.writableLength > WATCHER_BUFFER_BYTES_MAX) return void socket.destroy();
      writeJsonLine(socket, {
        request,
        ok: true,
        status: this.#target.status(),
        events: events.since(next),
      } satisfies AdminAnswer);
      next = events.end;
    };
    tell();
    timers.add(setInterval(tell, intervalMs));
  }
}

/** The answer to something that is done, or refused with a sentence. */
function done(request: number, act: () => void): AdminAnswer {
  try {
    act();
    return { request, ok: true };
  } catch (error) {
    return { request, ok: false, error: reasonOf(error) };
  }
}
