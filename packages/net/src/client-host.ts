import { type Codec, type MessageBase, type Principal, type ReplicaId, replicaPrincipal, type SignedOf } from "@bft/core";
import { type Clock, systemClock } from "./clock.js";
import { ReasonCounters } from "./counters.js";
import type { Keyring } from "./crypto/keyring.js";
import { encodeEnvelopeFrame } from "./envelope.js";
import { readingEqualPayloadsOnce } from "./equal-payloads.js";
import type { FramedSocket, Traffic } from "./framed-socket.js";
import { type NetLimits, netLimits } from "./limits.js";
import { Link, type LinkStatus, type NetContext, type PeerAddress } from "./link.js";
import { NamedTimers } from "./named-timers.js";
import { type ReceiveRules, receive } from "./receive.js";

/** What the network gives a client's machine, beside the inputs of its own. */
export type ClientNetInput<M extends MessageBase> =
  | { readonly kind: "message"; readonly signed: SignedOf<M> }
  | { readonly kind: "timer-fired"; readonly timer: string }
  /** `hint` is the view that the replica says to be in when the link comes up, null when it goes down. */
  | { readonly kind: "link"; readonly replica: ReplicaId; readonly up: boolean; readonly hint: number | null };

/** What a client's machine wants of the network, beside the effects of its own. */
export type ClientNetEffect<M extends MessageBase> =
  | { readonly kind: "send"; readonly to: ReplicaId; readonly signed: SignedOf<M> }
  | { readonly kind: "start-timer"; readonly timer: string; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly timer: string };

/** A protocol's client as a pure machine. `Own` are its own inputs (submit), `Result` its own effects (done, …). */
export interface ClientMachine<M extends MessageBase, Own, Result> {
  step(input: ClientNetInput<M> | Own): readonly (ClientNetEffect<M> | Result)[];
}

export interface ClientHostOptions<M extends MessageBase, Own, Result> {
  readonly machine: ClientMachine<M, Own, Result>;
  readonly codec: Codec<M>;
  /** The client's keys; its machine signs with `portsOf` the same. */
  readonly keyring: Keyring;
  /** All replicas. */
  readonly replicas: readonly PeerAddress[];
  /** Takes the machine's own effects, in order. */
  readonly onResult: (result: Result) => void;
  /** Called at most once, with the bug that stopped this client. Everything is closed by then. */
  readonly onFatal: (error: unknown) => void;
  /** Cheap reason to drop a reply before its signature is checked, or null; nothing is dropped unless given. */
  readonly reasonToDrop?: (from: Principal, message: M) => string | null;
  readonly onLink?: (replica: ReplicaId, up: boolean) => void;
  /** `count`: how often this peer gave this reason. */
  readonly onRefused?: (peer: Principal | null, reason: string, count: number) => void;
  readonly limits?: Partial<NetLimits>;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Plain JSON data, as in HostStats. */
export interface ClientHostStats extends Readonly<Traffic> {
  readonly links: readonly LinkStatus[];
  readonly refused: Readonly<Record<string, number>>;
  readonly refusedByPeer: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Drives one client's machine over links that it dials to every replica. Replies come back on the same connections. */
export class ClientHost<M extends MessageBase, Own extends { readonly kind: string }, Result extends { readonly kind: string }> {
  readonly #options: ClientHostOptions<M, Own, Result>;
  readonly #context: NetContext;
  readonly #rules: ReceiveRules<M>;
  readonly #links = new Map<ReplicaId, Link>();
  readonly #timers: NamedTimers;
  readonly #traffic: Traffic = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0, writes: 0 };
  readonly #refused = new ReasonCounters();
  readonly #dropped = new ReasonCounters();
  #closed = false;

  /** @throws RangeError for a limit that is none. */
  constructor(options: ClientHostOptions<M, Own, Result>) {
    const { codec, keyring, clock = systemClock, random = Math.random, reasonToDrop = () => null } = options;
    this.#options = options;
    const refused = (peer: Principal | null, reason: string) => this.#refuse(peer, reason);
    this.#context = { keyring, limits: netLimits(options.limits), clock, random, traffic: this.#traffic, refused };
    this.#rules = { codec: readingEqualPayloadsOnce(codec), keyring, mayCarry: isSame, reasonToDrop };
    this.#timers = new NamedTimers(clock, (timer) => this.#guarded(() => this.#step({ kind: "timer-fired", timer })));
    for (const peer of options.replicas) this.#links.set(peer.id, this.#linkTo(peer));
  }

  /** Dials all replicas. */
  start(): void {
    for (const link of this.#links.values()) link.dial();
  }

  /** Gives the machine an input of its own. Nothing happens after `close`. */
  input(own: Own): void {
    this.#guarded(() => this.#step(own));
  }

  /** Ends all links and timers at once. */
  close(): void {
    this.#closed = true;
    this.#timers.cancelAll();
    for (const link of this.#links.values()) link.close();
  }

  stats(): ClientHostStats {
    return {
      ...this.#traffic,
      links: [...this.#links.values()].map((link) => link.status),
      refused: this.#refused.byReason(),
      refusedByPeer: this.#refused.byPeer(),
      dropped: this.#dropped.byReason(),
    };
  }

  #linkTo(peer: PeerAddress): Link {
    const replica = peer.id;
    const onChange = (up: boolean, hint: number | null): void => {
      this.#options.onLink?.(replica, up);
      this.#guarded(() => this.#step({ kind: "link", replica, up, hint }));
    };
    return new Link({
      context: this.#context,
      peer,
      onUp: (hint) => onChange(true, hint),
      onDown: () => onChange(false, null),
      onFrame: (body, connection) => this.#guarded(() => this.#onFrame(replicaPrincipal(replica), body, connection)),
    });
  }

  #guarded(work: () => void): void {
    if (this.#closed) return;
    try {
      work();
    } catch (error) {
      this.close();
      this.#options.onFatal(error);
    }
  }

  #onFrame(peer: Principal, body: Uint8Array, connection: FramedSocket): void {
    const received = receive(body, peer, this.#rules);
    switch (received.kind) {
      case "message":
        this.#step({ kind: "message", signed: received.signed });
        break;
      case "dropped":
        this.#dropped.add(peer, received.reason);
        break;
      case "refused":
        this.#refuse(peer, received.reason);
        connection.badMessages++;
        if (connection.badMessages >= this.#context.limits.badMessagesMax) connection.close("too-many-bad-messages");
        break;
    }
  }

  #refuse(peer: Principal | null, reason: string): void {
    const count = this.#refused.add(peer, reason);
    this.#options.onRefused?.(peer, reason, count);
  }

  #step(input: ClientNetInput<M> | Own): void {
    for (const effect of this.#options.machine.step(input)) this.#carryOut(effect);
  }

  #carryOut(effect: ClientNetEffect<M> | Result): void {
    const net = effect as ClientNetEffect<M>;
    switch (net.kind) {
      case "send":
        this.#send(net.to, net.signed);
        break;
      case "start-timer":
        this.#timers.start(net.timer, net.delayMs);
        break;
      case "cancel-timer":
        this.#timers.cancel(net.timer);
        break;
      default:
        this.#options.onResult(effect as Result);
    }
  }

  #send(to: ReplicaId, { signer, signature, payload, attachment }: SignedOf<M>): void {
    const link = this.#links.get(to);
    if (link === undefined) return this.#refuse(replicaPrincipal(to), "no-such-replica");
    link.send(encodeEnvelopeFrame({ sender: signer, signature, payload, attachment }));
  }
}

/** A replica speaks to a client for itself only. */
function isSame(peer: Principal, sender: Principal): boolean {
  return peer.role === sender.role && peer.id === sender.id;
}
