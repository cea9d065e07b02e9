import {
  type ClientId,
  clientPrincipal,
  type Digest,
  type Principal,
  type ReplicaId,
  replicaPrincipal,
  type SeqNum,
  type Signed,
  type Timestamp,
  type View,
} from "@bft/core";
import {
  type Batch,
  type Checkpoint,
  type Commit,
  claimOf,
  makeBatch,
  type NewView,
  type PbftMessage,
  type PrePrepare,
  type Prepare,
  type PreparedCertificate,
  pbftCodec,
  type Request,
  type ViewChange,
} from "@bft/core/pbft";
import { portsOf } from "./keys.js";

/** Messages signed by whom a test likes, with that principal's own key. */
export function signAs<M extends PbftMessage>(signer: Principal, message: M, attachment: Uint8Array | null = null): Signed<M> {
  const payload = pbftCodec.encode(message);
  return { kind: message.kind, signer, message, payload, signature: portsOf(signer).sign(payload), attachment };
}

export function byReplica<M extends PbftMessage>(id: number, message: M, attachment: Uint8Array | null = null): Signed<M> {
  return signAs(replicaPrincipal(id as ReplicaId), message, attachment);
}

export const ports = portsOf(replicaPrincipal(0 as ReplicaId));

export function digestOf(text: string): Digest {
  return ports.hash(new TextEncoder().encode(text));
}

export function requestOf(operations: string | readonly string[], client = 0, timestamp = 1, oldest = 0): Signed<Request> {
  return signAs<Request>(clientPrincipal(client as ClientId), {
    kind: "request",
    client: client as ClientId,
    timestamp: timestamp as Timestamp,
    operations: typeof operations === "string" ? [operations] : operations,
    readOnly: false,
    oldest: oldest as Timestamp,
    repliers: null,
  });
}

export function batchOf(...requests: readonly Signed<Request>[]): Batch {
  return makeBatch(requests.map(claimOf), ports);
}

/** A batch of one `set` that differs for each `name`. */
export function batchNamed(name: string, timestamp = 1): Batch {
  return batchOf(requestOf(`set ${name} 1`, 0, timestamp));
}

const slot = (view: number, seq: number) => ({ view: view as View, seq: seq as SeqNum });

export function prePrepareOf(view: number, seq: number, batch: Batch, from = view % 4): Signed<PrePrepare> {
  return byReplica<PrePrepare>(from, { kind: "pre-prepare", ...slot(view, seq), digest: batch.digest }, batch.bytes);
}

export function prepareOf(from: number, view: number, seq: number, digest: Digest): Signed<Prepare> {
  return byReplica<Prepare>(from, { kind: "prepare", ...slot(view, seq), digest });
}

export function commitOf(from: number, view: number, seq: number, digest: Digest): Signed<Commit> {
  return byReplica<Commit>(from, { kind: "commit", ...slot(view, seq), digest });
}

export function checkpointOf(from: number, seq: number, stateDigest: Digest): Signed<Checkpoint> {
  return byReplica<Checkpoint>(from, { kind: "checkpoint", seq: seq as SeqNum, stateDigest });
}

/** The prepared certificate for a batch or digest, of a cluster of four unless told. */
export function certificateOf(
  view: number,
  seq: number,
  digest: Digest,
  backups?: readonly number[],
  n = 4,
): PreparedCertificate {
  const primary = view % n;
  const voters = backups ?? [1, 2].map((step) => (primary + step) % n);
  return {
    prePrepare: byReplica<PrePrepare>(primary, { kind: "pre-prepare", ...slot(view, seq), digest }),
    prepares: voters.map((from) => prepareOf(from, view, seq, digest)),
  };
}

export interface ViewChangeParts {
  readonly stableSeq?: number;
  readonly checkpoints?: readonly Signed<Checkpoint>[];
  readonly prepared?: readonly PreparedCertificate[];
}

export function viewChangeOf(from: number, newView: number, parts: ViewChangeParts = {}): Signed<ViewChange> {
  return byReplica<ViewChange>(from, {
    kind: "view-change",
    newView: newView as View,
    stableSeq: (parts.stableSeq ?? 0) as SeqNum,
    checkpoints: (parts.checkpoints ?? []).map(claimOf),
    prepared: (parts.prepared ?? []).map(({ prePrepare, prepares }) => ({
      prePrepare: claimOf(prePrepare),
      prepares: prepares.map(claimOf),
    })),
  });
}

/** A new-view with the given O, by the view's primary in a cluster of four unless told. */
export function newViewOf(
  view: number,
  viewChanges: readonly Signed<ViewChange>[],
  order: readonly (readonly [seq: number, digest: Digest])[],
  from = view % 4,
): Signed<NewView> {
  return byReplica<NewView>(from, {
    kind: "new-view",
    view: view as View,
    viewChanges: viewChanges.map(claimOf),
    prePrepares: order.map(([seq, digest]) =>
      claimOf(byReplica<PrePrepare>(from, { kind: "pre-prepare", ...slot(view, seq), digest })),
    ),
  });
}

/** The digest of the null request's batch. */
export const NULL_DIGEST: Digest = makeBatch([], ports).digest;

/** All that makes a slot commit at a replica that receives it: the pre-prepare, two prepares and three commits. */
export function slotOf(view: number, seq: number, batch: Batch, except: number): readonly Signed<PbftMessage>[] {
  const others = [0, 1, 2, 3].filter((id) => id !== except);
  const primary = view % 4;
  return [
    ...(primary === except ? [] : [prePrepareOf(view, seq, batch)]),
    ...others.filter((id) => id !== primary).map((id) => prepareOf(id, view, seq, batch.digest)),
    ...others.map((id) => commitOf(id, view, seq, batch.digest)),
  ];
}
