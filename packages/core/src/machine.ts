import type { ClientId, Digest, Principal, ReplicaId, SeqNum, Timestamp, View } from "./ids.js";
import type { Snapshot } from "./store/trie.js";
import type { Retained } from "./trace/event.js";

/** Every protocol's messages are a union discriminated by `kind`. */
export interface MessageBase {
  readonly kind: string;
}

/** A message whose signature was checked: who said it is proven, what it says is not. */
export interface Signed<M extends MessageBase = MessageBase> {
  readonly kind: M["kind"];
  readonly signer: Principal;
  readonly message: M;
  /** Exactly the payload bytes that were signed, kept so that a certificate can be re-checked anywhere. */
  readonly payload: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
  /** Bytes beside the signed payload, bound to it by a digest (a pre-prepare's batch), or null. Not covered by the signature. */
  readonly attachment: Uint8Array | null;
}

/** `Signed` of each member of a union, so that `switch (signed.kind)` narrows `signed.message`. */
export type SignedOf<M extends MessageBase> = M extends MessageBase ? Signed<M> : never;

/** What hostile bytes turn into: a typed message, or the reason why they are not one. */
export type Decoded<M> = { readonly ok: true; readonly message: M } | { readonly ok: false; readonly error: DecodeError };

/** Why payload bytes are not a message. */
export interface DecodeError {
  readonly code:
    | "payload-truncated"
    | "payload-trailing-bytes"
    | "payload-forbidden-type"
    | "payload-too-deep"
    | "payload-too-many-items"
    | "payload-integer-too-large"
    | "payload-not-canonical"
    | "payload-bad-utf8"
    | "payload-unknown-kind"
    | "payload-bad-shape";
  /** What was expected, or where. Never contains the peer's bytes. */
  readonly detail: string;
}

/** Bytes <-> typed messages of one protocol. `decode` takes hostile bytes and never throws. */
export interface Codec<M extends MessageBase> {
  encode(message: M): Uint8Array;
  decode(payload: Uint8Array): Decoded<M>;
}

/**
 * What the pure core may ask of the outside, all synchronous and without effect.
 * The implementations add the domain tag, the protocol version and the cluster id to what is signed.
 */
export interface Ports {
  /** SHA-256. */
  hash(bytes: Uint8Array): Digest;
  /** Ed25519 signature (64 bytes) of `payload` with this machine's own key. Deterministic. */
  sign(payload: Uint8Array): Uint8Array;
  /** True when `signature` is `signer`'s over `payload`; false also for a principal that the cluster does not know. */
  verify(signer: Principal, payload: Uint8Array, signature: Uint8Array): boolean;
}

/** One thing that happens to a replica. `start` is the first, once, after construction or recovery. */
export type Input<M extends MessageBase> =
  | { readonly kind: "start" }
  /** `via` is the authenticated peer that delivered it: the signer itself, or a replica that relayed it. */
  | { readonly kind: "message"; readonly signed: SignedOf<M>; readonly via: Principal }
  | { readonly kind: "timer-fired"; readonly timer: string };

/** Result of one operation. `ok: false` is a deterministic refusal by the service, `value` then says why. `null` means "no value". */
export interface OperationResult {
  readonly ok: boolean;
  readonly value: string | null;
}

/** One client request of an executed batch. */
export interface ExecutedRequest {
  readonly client: ClientId;
  readonly timestamp: Timestamp;
  readonly operations: readonly string[];
  readonly results: readonly OperationResult[];
}

/**
 * What the host must do, in this order. A `persist` is with the operating system before any later send, broadcast or reply leaves, and
 * on the disk too when it is to be synchronised. Everything else is data for people, traces and checkers.
 */
export type Effect<M extends MessageBase> =
  /**
   * Records reach the disk in their order. `sync` is false for one that may be lost with the power (not with the process), because what it
   * says follows from records that are on the disk of a quorum.
   */
  | { readonly kind: "persist"; readonly record: Uint8Array; readonly sync: boolean }
  | { readonly kind: "send"; readonly to: ReplicaId; readonly signed: SignedOf<M> }
  /** To every other replica. */
  | { readonly kind: "broadcast"; readonly signed: SignedOf<M> }
  | { readonly kind: "reply"; readonly to: ClientId; readonly signed: SignedOf<M> }
  /** Starts the timer anew when it runs already. */
  | { readonly kind: "start-timer"; readonly timer: string; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly timer: string }
  | {
      readonly kind: "executed";
      readonly seq: SeqNum;
      readonly view: View;
      readonly digest: Digest;
      readonly requests: readonly ExecutedRequest[];
    }
  /** The replica has lost what it wrote down and does not vote until the checkpoint `until` is stable; null: not known yet. */
  | { readonly kind: "abstaining"; readonly until: SeqNum | null }
  | { readonly kind: "votes-again"; readonly seq: SeqNum }
  /** The state at `seq` was fetched from others: execution goes on from there. */
  | { readonly kind: "state-installed"; readonly seq: SeqNum; readonly stateDigest: Digest }
  /**
   * The state at `seq` may replace everything that was persisted before it: once `state` is durable and `records` are, which say
   * again what still matters of it, the older records can go.
   */
  | {
      readonly kind: "checkpoint-stable";
      readonly seq: SeqNum;
      readonly stateDigest: Digest;
      readonly state: Snapshot;
      readonly records: readonly Uint8Array[];
    }
  | { readonly kind: "view-change-started"; readonly view: View; readonly because: string }
  | { readonly kind: "view-entered"; readonly view: View; readonly primary: ReplicaId }
  | { readonly kind: "dropped"; readonly from: Principal; readonly message: M["kind"]; readonly reason: string }
  /** Two signed messages of one replica that no correct replica sends both. */
  | { readonly kind: "evidence"; readonly accused: ReplicaId; readonly first: SignedOf<M>; readonly second: SignedOf<M> };

/**
 * A protocol replica as a pure, synchronous machine: no clock, no randomness, no I/O. Equal inputs give equal effects.
 * `step` takes one input to its end. It throws InvariantError only, for a bug of ours.
 */
export interface Machine<M extends MessageBase> {
  /** The reason to drop a message before its signature is checked, or null. Cheap, changes nothing. `message` is not proven yet. */
  reasonToDrop(from: Principal, message: M): string | null;
  step(input: Input<M>): readonly Effect<M>[];
  inspect(): MachineStatus;
}

/** What a person or a checker may see of a replica's protocol state. Plain JSON data. */
export interface MachineStatus {
  /** The view; the ballot in Multi-Paxos, the term in Raft. */
  readonly view: number;
  /** The primary or leader; null while it is not known who that is. */
  readonly primary: number | null;
  readonly isPrimary: boolean;
  /** The view this replica wants to move to, and who wants the same, while a view change is on; a candidate's votes. */
  readonly viewChange: { readonly view: number; readonly votes: readonly number[] } | null;
  readonly lastExecuted: number;
  /** h of §4.2: the last stable checkpoint. */
  readonly lowWaterMark: number;
  /** H = h + L. */
  readonly highWaterMark: number;
  /** Client requests known but not executed yet. */
  readonly queued: number;
  /** The oldest of these, at most `NAMES_SHOWN`. */
  readonly waiting: readonly RequestName[];
  /** Who is known to want which later view: the view-changes that it holds (§4.4). */
  readonly wants: readonly { readonly replica: number; readonly view: number }[];
  /** Votes for checkpoints that are not stable yet, in order of sequence number, at most `CHECKPOINTS_SHOWN`, the latest kept. */
  readonly checkpointVotes: readonly { readonly seq: number; readonly replicas: readonly number[] }[];
  /** State digest after `lastExecuted`'s batch as of the last checkpoint taken, with its sequence number. */
  readonly checkpoint: { readonly seq: number; readonly stateDigest: string };
  /**
   * Set while the replica has lost its memory of what it voted for: it follows, executes and answers, but does not vote until
   * the checkpoint `until` is stable (null while it does not know which that is).
   */
  readonly abstaining: { readonly until: number | null } | null;
  /** The catch-up of a lagging replica, or null. */
  readonly transfer: { readonly seq: number; readonly fetched: number; readonly missing: number } | null;
  /** The most recent slots, in order of sequence number, at most 32. */
  readonly slots: readonly SlotStatus[];
  readonly quorum: number;
  /** How much is kept in memory, each of it within a bound. */
  readonly retained: Retained;
}

/**
 * One sequence number's way through the phases (§4.2). Vote counts name the replicas that voted for `digest`. Where a protocol has
 * two phases only, what was accepted or appended is pre-prepared, who is known to have done so commits, and `prepares` is empty.
 */
export interface SlotStatus {
  readonly seq: number;
  readonly view: number;
  /** null until a pre-prepare was accepted. */
  readonly digest: string | null;
  readonly requests: number;
  readonly operations: number;
  /** Its requests, at most `NAMES_SHOWN`. */
  readonly contains: readonly RequestName[];
  readonly prePrepared: boolean;
  /** Replicas in the prepared certificate so far, the primary counted by its pre-prepare. */
  readonly prepares: readonly number[];
  readonly prepared: boolean;
  readonly commits: readonly number[];
  readonly committed: boolean;
  readonly executed: boolean;
  /** Replicas whose vote here names another digest: they lie, or were lied to. */
  readonly contrary: readonly number[];
}

/** Slots, names of requests and checkpoints that a status tells at most. */
export const SLOTS_SHOWN = 32;
export const NAMES_SHOWN = 32;
export const CHECKPOINTS_SHOWN = 4;

/** How a request is called: a client uses each timestamp once. */
export interface RequestName {
  readonly client: number;
  readonly timestamp: number;
}
