import { fromHex } from "../bytes.js";
import {
  CLIENT_CODE,
  clientFields,
  codecOf,
  failed,
  readClientFields,
  readSeq,
  readView,
  WIRE_LIMITS,
} from "../replication/codec.js";
import type { Claimed } from "../replication/messages.js";
import { type WireValue, wireInteger } from "../wire/cbor.js";
import type { Reader } from "../wire/reader.js";
import type { Checkpoint, ClaimedCertificate, Commit, PbftMessage, PrePrepare, Prepare, ViewChange } from "./messages.js";

/** First field of every payload. */
const CODE = {
  ...CLIENT_CODE,
  "pre-prepare": 2,
  prepare: 3,
  commit: 4,
  checkpoint: 6,
  "view-change": 7,
  "new-view": 8,
  status: 9,
  "fetch-batch": 10,
  batch: 11,
  committed: 12,
  "fetch-state": 13,
  "state-nodes": 14,
  "stable-checkpoint": 15,
} as const satisfies Record<PbftMessage["kind"], number>;

/** PBFT's messages as CBOR arrays of fixed order, the kind's number first (docs/adr/0020). */
export const pbftCodec = codecOf<PbftMessage>({
  codes: CODE,
  // Nesting of a message: message > list > certificate > claimed message.
  scan: { depthMax: 6, itemsMax: 400_000 },
  fieldsOf,
  readFields,
});

function fieldsOf(message: PbftMessage): readonly WireValue[] {
  switch (message.kind) {
    case "request":
    case "reply":
      return clientFields(message);
    case "pre-prepare":
    case "prepare":
    case "commit":
      return [wireInteger(message.view), wireInteger(message.seq), fromHex(message.digest)];
    case "checkpoint":
      return [wireInteger(message.seq), fromHex(message.stateDigest)];
    case "view-change":
      return [
        wireInteger(message.newView),
        wireInteger(message.stableSeq),
        message.checkpoints.map(claimFields),
        message.prepared.map((certificate) => [claimFields(certificate.prePrepare), certificate.prepares.map(claimFields)]),
      ];
    case "new-view":
      return [wireInteger(message.view), message.viewChanges.map(claimFields), message.prePrepares.map(claimFields)];
    case "status":
      return [
        wireInteger(message.view),
        message.inView,
        wireInteger(message.lastExecuted),
        wireInteger(message.stableSeq),
        wireInteger(message.abstainsUntil),
      ];
    case "fetch-batch":
    case "batch":
      return [wireInteger(message.seq), fromHex(message.digest)];
    case "committed":
      return [wireInteger(message.seq), message.commits.map(claimFields)];
    case "stable-checkpoint":
      return [message.checkpoints.map(claimFields)];
    case "fetch-state":
      return [wireInteger(message.seq), message.paths];
    case "state-nodes":
      return [wireInteger(message.seq), message.nodes.map((node) => [node.path, node.bytes])];
  }
}

/** How a signed message stands inside another one: its signer, its payload as signed, its signature. */
export function claimFields(claim: Claimed<PbftMessage>): readonly WireValue[] {
  return [claim.signerId, claim.payload, claim.signature];
}

function readFields(kind: PbftMessage["kind"], reader: Reader): PbftMessage {
  switch (kind) {
    case "request":
    case "reply":
      return readClientFields(kind, reader);
    case "pre-prepare":
    case "prepare":
    case "commit":
      return { kind, view: readView(reader), seq: readSeq(reader), digest: reader.digest("digest") };
    case "checkpoint":
      return { kind, seq: readSeq(reader), stateDigest: reader.digest("state digest") };
    case "view-change":
      return {
        kind,
        newView: readView(reader),
        stableSeq: readSeq(reader),
        checkpoints: readClaims<Checkpoint>(reader, "checkpoint", WIRE_LIMITS.replicasMax),
        prepared: reader.list("P", WIRE_LIMITS.slotsMax, (item, outer) => outer.nested(item, readCertificate)),
      };
    case "new-view":
      return {
        kind,
        view: readView(reader),
        viewChanges: readClaims<ViewChange>(reader, "view-change", WIRE_LIMITS.replicasMax),
        prePrepares: readClaims<PrePrepare>(reader, "pre-prepare", WIRE_LIMITS.slotsMax),
      };
    case "status":
      return {
        kind,
        view: readView(reader),
        inView: reader.boolean("in view"),
        lastExecuted: readSeq(reader),
        stableSeq: readSeq(reader),
        abstainsUntil: readSeq(reader),
      };
    case "fetch-batch":
    case "batch":
      return { kind, seq: readSeq(reader), digest: reader.digest("digest") };
    case "committed":
      return { kind, seq: readSeq(reader), commits: readClaims<Commit>(reader, "commit", WIRE_LIMITS.replicasMax) };
    case "stable-checkpoint":
      return { kind, checkpoints: readClaims<Checkpoint>(reader, "checkpoint", WIRE_LIMITS.replicasMax) };
    case "fetch-state":
      return {
        kind,
        seq: readSeq(reader),
        paths: reader.list("paths", WIRE_LIMITS.pathsMax, (item, outer) =>
          typeof item === "string" && item.length <= WIRE_LIMITS.pathLengthMax
            ? item
            : failed(outer, "path: a short text was expected", ""),
        ),
      };
    case "state-nodes":
      return {
        kind,
        seq: readSeq(reader),
        nodes: reader.list("nodes", WIRE_LIMITS.pathsMax, (item, outer) =>
          outer.nested(item, (inner) => ({
            path: inner.text("path", WIRE_LIMITS.pathLengthMax),
            bytes: inner.bytes("node", WIRE_LIMITS.nodeBytesMax),
          })),
        ),
      };
  }
}

function readCertificate(reader: Reader): ClaimedCertificate {
  return {
    prePrepare: readClaim<PrePrepare>(reader.next(), reader, "pre-prepare"),
    prepares: readClaims<Prepare>(reader, "prepare", WIRE_LIMITS.replicasMax),
  };
}

/** A list of claimed messages, all of one kind. */
export function readClaims<M extends PbftMessage>(reader: Reader, kind: M["kind"], countMax: number): readonly Claimed<M>[] {
  return reader.list(`${kind} messages`, countMax, (item, outer) => readClaim<M>(item, outer, kind));
}

/** One claimed message; its payload is decoded by the same rules as one that came by itself. */
export function readClaim<M extends PbftMessage>(value: unknown, outer: Reader, kind: M["kind"]): Claimed<M> {
  return outer.nested(value, (inner) => {
    const signerId = inner.integer("signer", 0xffff_ffff);
    const payload = inner.bytes("payload", Number.MAX_SAFE_INTEGER);
    const signature = inner.bytesOfLength("signature", 64);
    const decoded = decodeKind<M>(payload, kind);
    if (decoded === null) inner.fail(`a well-formed ${kind} was expected inside`);
    return { signerId, payload, signature, message: decoded as M };
  });
}

/**
 * Only votes, checkpoints, requests and view-changes stand inside other messages, and only a view-change holds claims of
 * its own: so decoding never goes deeper than new-view > view-change > vote.
 */
function decodeKind<M extends PbftMessage>(payload: Uint8Array, kind: M["kind"]): M | null {
  if (payload[1] !== CODE[kind]) return null;
  const decoded = pbftCodec.decode(payload);
  return decoded.ok && decoded.message.kind === kind ? (decoded.message as M) : null;
}
