import type { MessageBase, Ports, Protocol, ReplicaConfig, Value, View } from "@bft/core";

/** A message, and the bytes that travel beside it, or null. */
export interface Said<M extends MessageBase> {
  readonly message: M;
  readonly attachment: Uint8Array | null;
}

/** What stands in the place of a value: in an instance of Paxos, or at an index of Raft's log. */
export type Change = (value: Value, seq: number) => Value;

/**
 * What a liar must know of the messages of a protocol that believes its replicas, so that one lie can be told in each of them.
 * The leader's word is whatever only a leader sends.
 */
export interface Tongue<M extends MessageBase> {
  readonly protocol: Protocol<M>;
  /** A leader looks at what was accepted: whoever was told another value does not count for it. */
  readonly leaderCompares: boolean;
  /** The ballot or term of what replicas say to one another; null for what is a client's. */
  viewOf(message: M): View | null;
  /** True for a leader's word. */
  isLeaders(message: M): boolean;
  /** True for the question of a candidate. */
  isCandidacy(message: M): boolean;
  /** True for a piece of an executed state, handed over instead of what led to it. */
  isState(message: M): boolean;
  /** The message with other values in it; null when it has none. */
  withValues(said: Said<M>, change: Change, ports: Ports): Said<M> | null;
  /** A leader's word that says of everything in it that it is chosen; null when there is nothing in it. */
  committing(message: M): M | null;
  /** A leader's word without anything that would have to be accepted; null when nothing is left. */
  hollow(message: M): M | null;
  /** Says of everything in a leader's word that it is accepted. */
  acknowledging(message: M): readonly M[];
  /** Yes to a candidate, of somebody who never accepted anything; null when the message is no candidate's. */
  consent(message: M): M | null;
  /** Wants to lead in a ballot or term of its own that is higher than `view`, without having accepted anything; null when there is none. */
  candidacyAbove(view: View, config: ReplicaConfig): M | null;
}
