import type { Codec, Effect, Input, Machine, MessageBase, Principal, ReplicaId } from "@bft/core";
import type { Clock } from "./clock.js";
import type { Keyring } from "./crypto/keyring.js";
import type { Traffic } from "./framed-socket.js";
import type { NetLimits } from "./limits.js";
import type { LinkStatus } from "./link.js";
import type { DurableLog } from "./outbox.js";

/**
 * A liar around an honest machine: gets each input with the effects of the honest machine and says what is done instead. It holds no key but its
 * own replica's. Given back unchanged, the effects are honest.
 */
export type Behaviour<M extends MessageBase> = (input: Input<M>, honest: readonly Effect<M>[]) => readonly Effect<M>[];

/**
 * Stands between a host and its sockets, for link faults: calls `deliver` once, later, more than once or never. `frame` is
 * a whole frame and must not be changed.
 */
export type OutgoingFilter = (to: Principal, frame: Uint8Array, deliver: (frame: Uint8Array) => void) => void;

/** What a host tells whoever watches it. Each is called synchronously, must be quick and must not throw; what is absent costs nothing. */
export interface HostObserver<M extends MessageBase> {
  readonly onInput?: (input: Input<M>) => void;
  /** What the honest machine does on an input, before a behaviour makes something else of it. */
  readonly onStep?: (input: Input<M>, honest: readonly Effect<M>[]) => void;
  /** Effects in order, after the behaviour, before they are carried out. */
  readonly onEffect?: (effect: Effect<M>) => void;
  /** A message of which the machine had no use before its signature was checked; so `from` is not proven. `signature` names it. */
  readonly onDropped?: (from: Principal, message: M["kind"], reason: string, signature: Uint8Array) => void;
  /** `peer` is the other end of the connection, null when unproven; `count` how often it gave this reason. */
  readonly onRefused?: (peer: Principal | null, reason: string, count: number) => void;
  /** An outgoing link came up or went down. */
  readonly onLink?: (replica: ReplicaId, up: boolean) => void;
}

export interface HostOptions<M extends MessageBase> {
  readonly machine: Machine<M>;
  readonly codec: Codec<M>;
  /** The replica's keys; its machine signs with `portsOf` the same. */
  readonly keyring: Keyring;
  readonly log: DurableLog;
  /** Called at most once, with the bug or the disk failure that stopped this host. Everything is closed by then. */
  readonly onFatal: (error: unknown) => void;
  readonly observer?: HostObserver<M>;
  /** Over the defaults. */
  readonly limits?: Partial<NetLimits>;
  /** The system's clock unless given. */
  readonly clock?: Clock;
  /** Uniform in [0, 1), Math.random unless given. */
  readonly random?: () => number;
}

/** Plain JSON data; counters grow from 0 since the host was made. */
export interface HostStats extends Readonly<Traffic> {
  /** Outgoing links, in order of replica. */
  readonly links: readonly LinkStatus[];
  readonly clientsConnected: number;
  /** What speaks against a peer or shows a limit at work, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** The same, by the peer of the connection ("replica 2", "client 0", "unauthenticated") and reason. */
  readonly refusedByPeer: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Well-formed messages that the machine had no use for, by its reason, and replies to clients that have gone; ordinary in a running cluster. */
  readonly dropped: Readonly<Record<string, number>>;
  /** The same, by the peer of the connection and reason. */
  readonly droppedByPeer: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Inputs on which the behaviour changed what was done. */
  readonly liesTold: number;
  /** The machine's timers that run now. */
  readonly timers: readonly { readonly timer: string; readonly dueInMs: number }[];
}
