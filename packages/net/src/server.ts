import { createServer, type Server as NetServer, type Socket } from "node:net";
import { type Principal, principalName } from "@bft/core";
import { FrameQueue } from "./frame-queue.js";
import { type CloseReason, FramedSocket, isRefusal } from "./framed-socket.js";
import { AcceptorHandshake, HANDSHAKE_FRAME_BYTES_MAX } from "./handshake.js";
import type { NetContext } from "./link.js";
import { runHandshake } from "./run-handshake.js";
import { TokenBucket } from "./token-bucket.js";

export interface ServerOptions {
  readonly context: NetContext;
  /** What diallers are told with the welcome, an integer >= 0. */
  readonly hint: () => number;
  readonly onFrame: (peer: Principal, body: Uint8Array, connection: FramedSocket) => void;
  /** A principal proved itself on a new connection. */
  readonly onPeer: (peer: Principal) => void;
}

interface Accepted {
  readonly connection: FramedSocket;
  readonly queue: FrameQueue;
}

/** A port that can not be listened on. The message is one sentence that names it and the reason. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** The connections that others dialled to us: replicas to send us their messages, clients to talk both ways. One per principal. */
export class Server {
  readonly #options: ServerOptions;
  readonly #context: NetContext;
  readonly #server: NetServer;
  /** Not authenticated yet, oldest first. */
  readonly #pending = new Set<FramedSocket>();
  /** By principal name. */
  readonly #peers = new Map<string, Accepted>();
  #clients = 0;
  #held = false;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
  }

  get clientsConnected(): number {
    return this.#clients;
  }

  /** @throws ListenError when the port can not be had. */
  listen(host: string, port: number): Promise<{ readonly host: string; readonly port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) => reject(listenError(host, port, error)));
      this.#server.listen({ host, port }, () => {
        const address = this.#server.address();
        resolve({ host, port: address !== null && typeof address === "object" ? address.port : port });
      });
    });
  }

  /** Queues a frame for a client; false when it is not connected. */
  send(to: Principal & { readonly role: "client" }, frame: Uint8Array): boolean {
    const accepted = this.#peers.get(principalName(to));
    if (accepted === undefined) return false;
    const { connection, queue } = accepted;
    queue.push(frame);
    if (queue.bytes + connection.socketBytes > this.#context.limits.clientQueueBytesMax) connection.close("client-not-reading");
    else connection.flushSoon();
    return true;
  }

  /** Takes no message from anybody until `release`; handshakes go on. */
  hold(): void {
    this.#held = true;
    for (const { connection } of this.#peers.values()) connection.hold();
  }

  release(): void {
    this.#held = false;
    for (const { connection } of this.#peers.values()) connection.release();
  }

  /** Ends all connections; resolved when the port is free again. */
  close(): Promise<void> {
    for (const connection of [...this.#pending]) connection.close("closed");
    for (const { connection } of [...this.#peers.values()]) connection.close("closed");
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    const { clock, limits, traffic, keyring } = this.#context;
    const queue = new FrameQueue();
    let peer: Principal | null = null;
    const connection = new FramedSocket({
      socket,
      clock,
      traffic,
      queue,
      frameBytesMax: HANDSHAKE_FRAME_BYTES_MAX,
      framesPerTurn: limits.framesPerTurn,
      onFrame: () => {},
      onClosed: (reason) => {
        running.cancel();
        this.#onClosed(peer, connection, reason);
      },
    });
    const handshake = new AcceptorHandshake(keyring, this.#options.hint);
    const running = runHandshake(connection, handshake, clock, limits.handshakeTimeoutMs, (proven) => {
      peer = proven;
      this.#onProven(proven, { connection, queue });
    });
    this.#pending.add(connection);
    this.#dropOldestPending();
  }

  /** The oldest goes, not the newest: an honest handshake takes milliseconds, so a flood of idle connections can not keep it out. */
  #dropOldestPending(): void {
    if (this.#pending.size <= this.#context.limits.pendingConnectionsMax) return;
    const [oldest] = this.#pending;
    oldest?.close("pending-connections-full");
  }

  #onProven(peer: Principal, accepted: Accepted): void {
    const { clock, limits, traffic } = this.#context;
    const { connection } = accepted;
    this.#pending.delete(connection);
    this.#peers.get(principalName(peer))?.connection.close("connection-replaced");
    this.#peers.set(principalName(peer), accepted);
    if (peer.role === "client") {
      this.#clients++;
      const bucket = new TokenBucket(clock, limits.clientMessagesPerSecond, limits.clientMessagesBurst);
      connection.admit = () => this.#admitClient(peer, bucket);
    }
    connection.frameBytesMax = peer.role === "client" ? limits.clientFrameBytesMax : limits.frameBytesMax;
    connection.onFrame = (body) => {
      traffic.messagesIn++;
      this.#options.onFrame(peer, body, connection);
    };
    connection.open();
    if (this.#held) connection.hold();
    this.#options.onPeer(peer);
  }

  #admitClient(peer: Principal, bucket: TokenBucket): number {
    const waitMs = bucket.take();
    if (waitMs > 0) this.#context.refused(peer, "client-rate");
    return waitMs;
  }

  #onClosed(peer: Principal | null, connection: FramedSocket, reason: CloseReason): void {
    this.#pending.delete(connection);
    if (isRefusal(reason)) this.#context.refused(peer, reason);
    if (peer === null) return;
    if (peer.role === "client") this.#clients--;
    if (this.#peers.get(principalName(peer))?.connection === connection) this.#peers.delete(principalName(peer));
  }
}

function listenError(host: string, port: number, error: NodeJS.ErrnoException): ListenError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "another process listens there; stop it or choose another port",
    EACCES: "permission denied; choose a port over 1023",
    EADDRNOTAVAIL: "this machine does not have that address",
  };
  return new ListenError(`cannot listen on ${host}:${port}: ${reasons[error.code ?? ""] ?? error.message}`, { cause: error });
}
