import type { Socket } from "node:net";
import type { Clock } from "./clock.js";
import { encodeFrame, FrameParser } from "./frame.js";
import type { FrameQueue } from "./frame-queue.js";
import type { HandshakeRefusalCode } from "./handshake.js";

/** Why a connection ended. */
export type CloseReason =
  | HandshakeRefusalCode
  | "frame-too-large"
  /** A client let its replies pile up over the bound. */
  | "client-not-reading"
  /** The same principal connected anew. */
  | "connection-replaced"
  | "too-many-bad-messages"
  /** Too many connections that have not proven who they are: the oldest goes. */
  | "pending-connections-full"
  /** A replica wrote on a connection that only we may write on. */
  | "link-unexpected-frame"
  | "closed-by-peer"
  | "socket-error"
  /** By us, in order. */
  | "closed";

/** The reasons that tell nothing bad about a peer. */
const ORDINARY: ReadonlySet<CloseReason> = new Set<CloseReason>(["closed-by-peer", "socket-error", "closed", "handshake-closed"]);

/** True for a reason that is counted as a refusal. */
export function isRefusal(reason: CloseReason): boolean {
  return !ORDINARY.has(reason);
}

/** What went through all sockets of one host since it started. */
export interface Traffic {
  /** Frames after the handshake. */
  messagesIn: number;
  messagesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** How many writes the messages out took. */
  writes: number;
}

export interface FramedSocketOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly traffic: Traffic;
  /** What waits to be written; it may outlive the socket. */
  readonly queue: FrameQueue;
  /** Largest body of a frame to begin with; `frameBytesMax` changes it. */
  readonly frameBytesMax: number;
  readonly framesPerTurn: number;
  /** Takes a frame body, which may be a view of a larger buffer: copy what you keep. */
  readonly onFrame: (body: Uint8Array) => void;
  /** Called once. */
  readonly onClosed: (reason: CloseReason) => void;
}

/** Bytes that are copied together into one write. */
const WRITE_BYTES_MAX = 256 << 10;

/**
 * Frames over one socket. Writing: all frames of one turn of the event loop leave in one write, and none while the socket is full.
 * Reading: a bounded number of frames a turn, then the other connections get theirs; the socket is paused meanwhile, so that a flood
 * waits at its sender.
 */
export class FramedSocket {
  /** Malformed or falsely signed messages so far; the owner counts. */
  badMessages = 0;
  onFrame: (body: Uint8Array) => void;
  /** Asked before each frame: 0 lets it through, else the milliseconds to wait before asking again. */
  admit: () => number = () => 0;

  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #traffic: Traffic;
  readonly #queue: FrameQueue;
  readonly #parser: FrameParser;
  readonly #framesPerTurn: number;
  readonly #onClosed: (reason: CloseReason) => void;
  #closed = false;
  #held = false;
  /** A frame that was parsed and not yet let through. */
  #waiting: Uint8Array | null = null;
  #wakeUp: (() => void) | null = null;
  /** False during the handshake: what is queued must wait for its end. */
  #open = false;
  #flushing = false;
  /** True between a write that filled the socket and its `drain`. */
  #full = false;

  constructor(options: FramedSocketOptions) {
    this.#socket = options.socket;
    this.#clock = options.clock;
    this.#traffic = options.traffic;
    this.#queue = options.queue;
    this.#framesPerTurn = options.framesPerTurn;
    this.#onClosed = options.onClosed;
    this.onFrame = options.onFrame;
    this.#parser = new FrameParser(options.frameBytesMax);
    this.#socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on("drain", () => {
      this.#full = false;
      this.flushSoon();
    });
    this.#socket.on("error", () => this.close("socket-error"));
    this.#socket.on("close", () => this.close("closed-by-peer"));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that left the queue and that the operating system has not taken yet. */
  get socketBytes(): number {
    return this.#socket.writableLength;
  }

  set frameBytesMax(bytes: number) {
    this.#parser.frameBytesMax = bytes;
  }

  /** Writes `body` as a frame at once, before anything in the queue. */
  writeNow(body: Uint8Array): void {
    if (this.#closed) return;
    const frame = encodeFrame(body);
    this.#traffic.bytesOut += frame.length;
    this.#socket.write(frame);
  }

  /** The handshake is over: from now on what is queued is written. */
  open(): void {
    this.#open = true;
    this.flushSoon();
  }

  /** Has the queue written at the end of this turn. */
  flushSoon(): void {
    if (this.#flushing || this.#full || this.#closed || !this.#open) return;
    this.#flushing = true;
    process.nextTick(() => this.#flush());
  }

  /** Reads no more until `release`. */
  hold(): void {
    this.#held = true;
    this.#socket.pause();
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#handleSoon();
  }

  /** Ends the connection at once; what is queued stays in the queue. */
  close(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakeUp?.();
    this.#wakeUp = null;
    this.#waiting = null;
    this.#socket.destroy();
    this.#onClosed(reason);
  }

  #flush(): void {
    this.#flushing = false;
    while (!this.#closed && !this.#full) {
      const run = this.#queue.take(WRITE_BYTES_MAX);
      if (run === null) return;
      this.#traffic.messagesOut += run.frames;
      this.#traffic.writes++;
      this.#traffic.bytesOut += run.bytes.length;
      this.#full = !this.#socket.write(run.bytes);
    }
  }

  #onData(chunk: Buffer): void {
    if (this.#closed) return;
    this.#traffic.bytesIn += chunk.length;
    this.#parser.push(chunk);
    if (this.#wakeUp === null && !this.#held) this.#handle();
  }

  #handle(): void {
    for (let handled = 0; handled < this.#framesPerTurn; handled++) {
      if (this.#closed || this.#held) return;
      const body = this.#waiting ?? this.#nextFrame();
      if (body === null) return void (this.#closed || this.#socket.resume());
      const waitMs = this.admit();
      this.#waiting = waitMs > 0 ? body : null;
      if (waitMs > 0) return this.#handleAfter(waitMs);
      this.onFrame(body);
    }
    this.#handleSoon();
  }

  #nextFrame(): Uint8Array | null {
    const result = this.#parser.next();
    if (result.kind === "frame") return result.body;
    if (result.kind === "refused") this.close(result.refusal.code);
    return null;
  }

  #handleSoon(): void {
    const immediate = setImmediate(() => this.#wake());
    this.#sleep(() => clearImmediate(immediate));
  }

  #handleAfter(ms: number): void {
    this.#sleep(this.#clock.setTimer(() => this.#wake(), ms));
  }

  #sleep(wakeUp: () => void): void {
    this.#wakeUp?.();
    this.#wakeUp = wakeUp;
    this.#socket.pause();
  }

  #wake(): void {
    this.#wakeUp = null;
    if (!this.#closed) this.#handle();
  }
}
