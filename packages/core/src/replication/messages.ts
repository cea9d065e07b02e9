import type { ClientId, ReplicaId, SeqNum, Timestamp, View } from "../ids.js";
import type { MessageBase, OperationResult, Signed } from "../machine.js";

/** <REQUEST, o, t, c> (§4.1). One signature may carry several operations of one client; each has its own result. */
export interface Request {
  readonly kind: "request";
  readonly client: ClientId;
  readonly timestamp: Timestamp;
  /** At least one. */
  readonly operations: readonly string[];
  /** Asks for the present state without being ordered (§5.1.3, read-only operations). */
  readonly readOnly: boolean;
  /** The oldest timestamp that this client still waits for an answer to, at most its own: it asks again for none before. */
  readonly oldest: Timestamp;
  /**
   * Who is to reply once it is executed, in order of id; null: all. Whoever the client itself handed the request to replies as well, so
   * one that asks all again hears all. We differ from §4.1, where all reply to everything. Where the leader alone replies, it does in any case.
   */
  readonly repliers: readonly ReplicaId[] | null;
}

/** <REPLY, v, t, c, i, r> (§4.1), with the sequence number at which the request was executed. */
export interface Reply {
  readonly kind: "reply";
  /** The view in PBFT, the ballot in Multi-Paxos, the term in Raft. */
  readonly view: View;
  readonly client: ClientId;
  readonly timestamp: Timestamp;
  readonly seq: SeqNum;
  /** False for the answer to a read that was not ordered (§5.1.3): that one may differ from the next. */
  readonly ordered: boolean;
  readonly results: readonly OperationResult[];
}

/** What clients and replicas say to each other: the same in every protocol. */
export type ClientMessage = Request | Reply;

/** A signed message inside another one: well-formed, but its signature is not checked yet. */
export interface Claimed<M extends MessageBase> {
  readonly signerId: number;
  readonly message: M;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export function claimOf<M extends MessageBase>(signed: Signed<M>): Claimed<M> {
  return { signerId: signed.signer.id, message: signed.message, payload: signed.payload, signature: signed.signature };
}
