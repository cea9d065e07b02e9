import { connect } from "node:net";
import { type Principal, type ReplicaId, replicaPrincipal } from "@bft/core";
import type { Clock } from "./clock.js";
import type { Keyring } from "./crypto/keyring.js";
import { FrameQueue } from "./frame-queue.js";
import { type CloseReason, FramedSocket, isRefusal, type Traffic } from "./framed-socket.js";
import { DiallerHandshake, HANDSHAKE_FRAME_BYTES_MAX } from "./handshake.js";
import type { NetLimits } from "./limits.js";
import { runHandshake } from "./run-handshake.js";

/** Where a replica listens. */
export interface PeerAddress {
  readonly id: ReplicaId;
  readonly host: string;
  readonly port: number;
}

export interface LinkStatus {
  readonly replica: number;
  readonly connected: boolean;
  readonly queuedBytes: number;
}

/** What every socket of one host shares. */
export interface NetContext {
  readonly keyring: Keyring;
  readonly limits: NetLimits;
  readonly clock: Clock;
  /** Uniform in [0, 1), for the jitter of back-offs. */
  readonly random: () => number;
  readonly traffic: Traffic;
  readonly refused: (peer: Principal | null, reason: string) => void;
}

export interface LinkOptions {
  readonly context: NetContext;
  readonly peer: PeerAddress;
  /** `hint`: what the acceptor said with its welcome (the view it is in). */
  readonly onUp: (hint: number) => void;
  readonly onDown: (reason: CloseReason) => void;
  /** What comes back on this connection; null when nothing may. */
  readonly onFrame: ((body: Uint8Array, connection: FramedSocket) => void) | null;
}

/**
 * The connection that we dial to one replica, and dial again for as long as it takes. Frames that are sent while it is down wait, up to
 * a bound; over the bound the oldest go, which is safe because retransmission is driven by the receiver.
 */
export class Link {
  readonly #context: NetContext;
  readonly #peer: PeerAddress;
  readonly #principal: Principal;
  readonly #options: LinkOptions;
  readonly #queue = new FrameQueue();
  #connection: FramedSocket | null = null;
  #upSince: number | null = null;
  #failures = 0;
  #cancelRedial: (() => void) | null = null;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#peer = options.peer;
    this.#principal = replicaPrincipal(options.peer.id);
  }

  get status(): LinkStatus {
    const queuedBytes = this.#queue.bytes + (this.#connection?.socketBytes ?? 0);
    return { replica: this.#peer.id, connected: this.#upSince !== null, queuedBytes };
  }

  /** Dials now, unless it is connected or connecting. */
  dial(): void {
    if (this.#closed || this.#connection !== null) return;
    this.#cancelRedial?.();
    this.#cancelRedial = null;
    const { context } = this.#options;
    const { host, port, id } = this.#peer;
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    const connection = new FramedSocket({
      socket,
      clock: context.clock,
      traffic: context.traffic,
      queue: this.#queue,
      frameBytesMax: HANDSHAKE_FRAME_BYTES_MAX,
      framesPerTurn: context.limits.framesPerTurn,
      onFrame: () => {},
      onClosed: (reason) => {
        running.cancel();
        this.#onClosed(reason);
      },
    });
    const handshake = new DiallerHandshake(context.keyring, id);
    const running = runHandshake(connection, handshake, context.clock, context.limits.handshakeTimeoutMs, (_peer, hint) =>
      this.#onUp(connection, hint),
    );
    this.#connection = connection;
    socket.once("connect", () => connection.writeNow(handshake.hello()));
  }

  /** Queues a whole frame; it leaves with the others of this turn when the link is up. */
  send(frame: Uint8Array): void {
    if (this.#closed) return;
    this.#queue.push(frame);
    this.#keepBound();
    this.#connection?.flushSoon();
  }

  /** Counts `reason` against the replica at the other end. */
  refuse(reason: string): void {
    this.#context.refused(this.#principal, reason);
  }

  close(): void {
    this.#closed = true;
    this.#cancelRedial?.();
    this.#cancelRedial = null;
    this.#connection?.close("closed");
    this.#queue.clear();
  }

  #onUp(connection: FramedSocket, hint: number): void {
    this.#upSince = this.#context.clock.now();
    const { onFrame } = this.#options;
    connection.frameBytesMax = this.#context.limits.frameBytesMax;
    connection.onFrame = (body) => {
      this.#context.traffic.messagesIn++;
      if (onFrame === null) connection.close("link-unexpected-frame");
      else onFrame(body, connection);
    };
    connection.open();
    this.#options.onUp(hint);
  }

  #onClosed(reason: CloseReason): void {
    this.#connection = null;
    const wasUp = this.#upSince !== null;
    // a link that held for a while starts its back-off anew; one that is thrown out again and again does not
    if (this.#upSince !== null && this.#context.clock.now() - this.#upSince >= this.#context.limits.reconnectMaxMs)
      this.#failures = 0;
    this.#upSince = null;
    if (isRefusal(reason)) this.refuse(reason);
    if (this.#closed) return;
    this.#keepBound();
    this.#redialLater();
    if (wasUp) this.#options.onDown(reason);
  }

  #redialLater(): void {
    const { limits, clock, random } = this.#context;
    const backOffMs = Math.min(limits.reconnectMaxMs, limits.reconnectMinMs * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    // half fixed, half random: replicas that lost one another at the same moment do not dial in step
    this.#cancelRedial = clock.setTimer(() => this.dial(), backOffMs * (0.5 + random() / 2));
  }

  #keepBound(): void {
    const { queueBytesMax, queueBytesWhileDownMax } = this.#context.limits;
    const connection = this.#upSince === null ? null : this.#connection;
    const dropped = this.#queue.dropOldest(connection === null ? queueBytesWhileDownMax : queueBytesMax - connection.socketBytes);
    for (let i = 0; i < dropped; i++) this.refuse("link-queue-full");
  }
}
