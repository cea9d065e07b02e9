import { fromHex } from "../bytes.js";
import type { ClientId, SeqNum, Timestamp, View } from "../ids.js";
import type { Codec, Decoded, OperationResult } from "../machine.js";
import { decodeWire, encodeWire, type WireValue, wireInteger } from "../wire/cbor.js";
import { Reader } from "../wire/reader.js";
import type { ScanLimits } from "../wire/scan.js";
import type {
  Checkpoint,
  Claimed,
  ClaimedCertificate,
  Commit,
  PbftMessage,
  PrePrepare,
  Prepare,
  ViewChange,
} from "./messages.js";

/** Bounds on what one message may hold, whatever the cluster's configuration; a configuration may only be stricter. */
export const WIRE_LIMITS = {
  operationsPerRequestMax: 1024,
  operationLengthMax: 65_536,
  replicasMax: 256,
  /** Slots in a view change: the window L = 2K of the largest allowed K. */
  slotsMax: 1024,
  pathsMax: 256,
  pathLengthMax: 1024,
  nodeBytesMax: 6 << 20,
} as const;

/** Nesting of a message: message > list > certificate > claimed message. */
const SCAN: ScanLimits = { depthMax: 6, itemsMax: 400_000 };

/** First field of every payload. */
const CODE = {
  request: 1,
  "pre-prepare": 2,
  prepare: 3,
  commit: 4,
  reply: 5,
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

const KIND_OF_CODE = new Map(Object.entries(CODE).map(([kind, code]) => [code as number, kind as PbftMessage["kind"]]));

/** PBFT's messages as CBOR arrays of fixed order, the kind's number first (docs/adr/0020). */
export const pbftCodec: Codec<PbftMessage> = { encode, decode };

function encode(message: PbftMessage): Uint8Array {
  return encodeWire([CODE[message.kind], ...fieldsOf(message)]);
}

function fieldsOf(message: PbftMessage): readonly WireValue[] {
  switch (message.kind) {
    case "request":
      return [message.client, wireInteger(message.timestamp), message.operations, message.readOnly];
    case "pre-prepare":
    case "prepare":
    case "commit":
      return [wireInteger(message.view), wireInteger(message.seq), fromHex(message.digest)];
    case "reply":
      return [
        wireInteger(message.view),
        message.client,
        wireInteger(message.timestamp),
        wireInteger(message.seq),
        message.results.map((result) => [result.ok, result.value]),
      ];
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

function decode(payload: Uint8Array): Decoded<PbftMessage> {
  const decoded = decodeWire(payload, SCAN);
  if (!("value" in decoded)) return { ok: false, error: decoded };
  const reader = new Reader(decoded.value);
  const code = reader.integer("kind", 255);
  const kind = KIND_OF_CODE.get(code);
  if (reader.problem !== null) return { ok: false, error: { code: "payload-bad-shape", detail: reader.problem } };
  if (kind === undefined) return { ok: false, error: { code: "payload-unknown-kind", detail: `kind ${code}` } };
  const message = readFields(kind, reader);
  reader.end();
  if (reader.problem !== null) return { ok: false, error: { code: "payload-bad-shape", detail: `${kind}: ${reader.problem}` } };
  return { ok: true, message };
}

function readFields(kind: PbftMessage["kind"], reader: Reader): PbftMessage {
  switch (kind) {
    case "request":
      return {
        kind,
        client: reader.integer("client", 0xffff_ffff) as ClientId,
        timestamp: reader.integer("timestamp") as Timestamp,
        operations: readOperations(reader),
        readOnly: reader.boolean("read-only"),
      };
    case "pre-prepare":
    case "prepare":
    case "commit":
      return { kind, view: readView(reader), seq: readSeq(reader), digest: reader.digest("digest") };
    case "reply":
      return {
        kind,
        view: readView(reader),
        client: reader.integer("client", 0xffff_ffff) as ClientId,
        timestamp: reader.integer("timestamp") as Timestamp,
        seq: readSeq(reader),
        results: reader.list("results", WIRE_LIMITS.operationsPerRequestMax, readResult),
      };
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

function readView(reader: Reader): View {
  return reader.integer("view") as View;
}

function readSeq(reader: Reader): SeqNum {
  return reader.integer("sequence number") as SeqNum;
}

function readOperations(reader: Reader): readonly string[] {
  const operations = reader.list("operations", WIRE_LIMITS.operationsPerRequestMax, (item, outer) =>
    typeof item === "string" && item.length <= WIRE_LIMITS.operationLengthMax
      ? item
      : failed(outer, "operation: a text was expected", ""),
  );
  if (operations.length === 0) reader.fail("operations: at least one was expected");
  return operations;
}

function readResult(item: unknown, outer: Reader): OperationResult {
  return outer.nested(item, (inner) => ({ ok: inner.boolean("ok"), value: inner.textOrNull("value", WIRE_LIMITS.nodeBytesMax) }));
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
  const decoded = decode(payload);
  return decoded.ok && decoded.message.kind === kind ? (decoded.message as M) : null;
}

function failed<T>(reader: Reader, problem: string, value: T): T {
  reader.fail(problem);
  return value;
}
