import type { ClientId, ReplicaId, SeqNum, Timestamp, View } from "../ids.js";
import type { Codec, Decoded, MessageBase, OperationResult } from "../machine.js";
import { decodeWire, encodeWire, type WireValue, wireInteger } from "../wire/cbor.js";
import { Reader } from "../wire/reader.js";
import type { ScanLimits } from "../wire/scan.js";
import type { ClientMessage, Reply, Request } from "./messages.js";

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

/** First field of the payloads that clients and replicas exchange: the same in every protocol. */
export const CLIENT_CODE = { request: 1, reply: 5 } as const satisfies Record<ClientMessage["kind"], number>;

/** How one protocol's messages stand in an array, the kind's number first (docs/adr/0020). */
export interface Layout<M extends MessageBase> {
  readonly codes: Readonly<Record<M["kind"], number>>;
  readonly scan: ScanLimits;
  /** The fields behind the number, in order. */
  fieldsOf(message: M): readonly WireValue[];
  /** Reads the fields of hostile bytes; what is wrong is noted in `reader`. */
  readFields(kind: M["kind"], reader: Reader): M;
}

/** Messages as CBOR arrays of fixed order. */
export function codecOf<M extends MessageBase>({ codes, scan, fieldsOf, readFields }: Layout<M>): Codec<M> {
  const kinds = new Map(Object.entries(codes).map(([kind, code]) => [code as number, kind as M["kind"]]));
  return {
    encode: (message) => encodeWire([codes[message.kind as M["kind"]], ...fieldsOf(message)]),
    decode(payload): Decoded<M> {
      const decoded = decodeWire(payload, scan);
      if (!("value" in decoded)) return { ok: false, error: decoded };
      const reader = new Reader(decoded.value);
      const code = reader.integer("kind", 255);
      const kind = kinds.get(code);
      if (reader.problem !== null) return { ok: false, error: { code: "payload-bad-shape", detail: reader.problem } };
      if (kind === undefined) return { ok: false, error: { code: "payload-unknown-kind", detail: `kind ${code}` } };
      const message = readFields(kind, reader);
      reader.end();
      if (reader.problem !== null)
        return { ok: false, error: { code: "payload-bad-shape", detail: `${kind}: ${reader.problem}` } };
      return { ok: true, message };
    },
  };
}

/** What a client speaks, whatever the protocol of its cluster. */
export const clientCodec: Codec<ClientMessage> = codecOf<ClientMessage>({
  codes: CLIENT_CODE,
  scan: { depthMax: 3, itemsMax: 10_000 },
  fieldsOf: clientFields,
  readFields: readClientFields,
});

export function clientFields(message: ClientMessage): readonly WireValue[] {
  switch (message.kind) {
    case "request":
      return [
        message.client,
        wireInteger(message.timestamp),
        message.operations,
        message.readOnly,
        wireInteger(message.oldest),
        message.repliers,
      ];
    case "reply":
      return [
        wireInteger(message.view),
        message.client,
        wireInteger(message.timestamp),
        wireInteger(message.seq),
        message.ordered,
        message.results.map((result) => [result.ok, result.value]),
      ];
  }
}

export function readClientFields(kind: ClientMessage["kind"], reader: Reader): ClientMessage {
  return kind === "request" ? readRequest(reader) : readReply(reader);
}

function readRequest(reader: Reader): Request {
  const client = readClient(reader);
  const timestamp = readTimestamp(reader);
  const operations = readOperations(reader);
  const readOnly = reader.boolean("read-only");
  const oldest = readOldest(reader, timestamp);
  return { kind: "request", client, timestamp, operations, readOnly, oldest, repliers: readRepliers(reader) };
}

function readRepliers(reader: Reader): readonly ReplicaId[] | null {
  const repliers = reader.listOrNull("repliers", WIRE_LIMITS.replicasMax, (item, outer) =>
    typeof item === "number" && Number.isInteger(item) && item >= 0 && item < WIRE_LIMITS.replicasMax
      ? (item as ReplicaId)
      : failed(outer, "replier: the id of a replica was expected", 0 as ReplicaId),
  );
  if (repliers?.some((id, i) => i > 0 && id <= (repliers[i - 1] ?? 0))) reader.fail("repliers: ascending ids were expected");
  return repliers;
}

function readReply(reader: Reader): Reply {
  return {
    kind: "reply",
    view: readView(reader),
    client: readClient(reader),
    timestamp: readTimestamp(reader),
    seq: readSeq(reader),
    ordered: reader.boolean("ordered"),
    results: reader.list("results", WIRE_LIMITS.operationsPerRequestMax, readResult),
  };
}

export function readView(reader: Reader, what = "view"): View {
  return reader.integer(what) as View;
}

export function readSeq(reader: Reader, what = "sequence number"): SeqNum {
  return reader.integer(what) as SeqNum;
}

export function readClient(reader: Reader): ClientId {
  return reader.integer("client", 0xffff_ffff) as ClientId;
}

export function readTimestamp(reader: Reader): Timestamp {
  return reader.integer("timestamp") as Timestamp;
}

export function readOldest(reader: Reader, timestamp: Timestamp): Timestamp {
  return reader.integer("oldest", timestamp) as Timestamp;
}

export function readOperations(reader: Reader): readonly string[] {
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

/** Notes the problem and gives a harmless value. */
export function failed<T>(reader: Reader, problem: string, value: T): T {
  reader.fail(problem);
  return value;
}
