declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Index of a replica in the cluster, an integer 0 .. n-1 (§4: "we identify each replica using an integer in {0, ..., |R|-1}"). */
export type ReplicaId = Brand<number, "ReplicaId">;

/** Index of a client in the cluster's list of client keys, an integer >= 0. */
export type ClientId = Brand<number, "ClientId">;

/** View number, an integer >= 0. The primary of view v is replica `v mod n` (§4). */
export type View = Brand<number, "View">;

/** Sequence number, an integer >= 0; 0 stands for the initial state, the first batch gets 1 (§4.2). */
export type SeqNum = Brand<number, "SeqNum">;

/** A client's request number, an integer >= 1; a client's timestamps grow by one (§4.1, and docs/protocol-map.md). */
export type Timestamp = Brand<number, "Timestamp">;

/** SHA-256 as 64 lower-case hexadecimal digits; 32 bytes on the wire. */
export type Digest = Brand<string, "Digest">;

/** Who signs: a replica or a client. Ids of the two are separate number ranges. */
export type Principal = { readonly role: "replica"; readonly id: ReplicaId } | { readonly role: "client"; readonly id: ClientId };

export function replicaPrincipal(id: ReplicaId): Principal {
  return { role: "replica", id };
}

export function clientPrincipal(id: ClientId): Principal {
  return { role: "client", id };
}

/** `replica 2` or `client 0`: how a principal is named to a person. */
export function principalName(principal: Principal): string {
  return `${principal.role} ${principal.id}`;
}

/** The largest integer a peer may send for any field: beyond it numbers lose their last digit. */
export const INTEGER_MAX = Number.MAX_SAFE_INTEGER;

function natural(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${what} must be an integer >= 0, got ${value}`);
  return value;
}

/** @throws RangeError when `value` is not an integer >= 0. */
export function replicaId(value: number): ReplicaId {
  return natural(value, "replica id") as ReplicaId;
}

/** @throws RangeError when `value` is not an integer >= 0. */
export function clientId(value: number): ClientId {
  return natural(value, "client id") as ClientId;
}

/** @throws RangeError when `value` is not an integer >= 0. */
export function view(value: number): View {
  return natural(value, "view") as View;
}

/** @throws RangeError when `value` is not an integer >= 0. */
export function seqNum(value: number): SeqNum {
  return natural(value, "sequence number") as SeqNum;
}

/** @throws RangeError when `value` is not an integer >= 0. */
export function timestamp(value: number): Timestamp {
  return natural(value, "timestamp") as Timestamp;
}
