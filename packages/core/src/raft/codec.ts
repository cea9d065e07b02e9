import { fromHex } from "../bytes.js";
import type { Digest, SeqNum, View } from "../ids.js";
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
import { type WireValue, wireInteger } from "../wire/cbor.js";
import type { Reader } from "../wire/reader.js";
import type { RaftMessage, WireEntry } from "./messages.js";

const CODE = {
  ...CLIENT_CODE,
  "request-vote": 64,
  vote: 65,
  "append-entries": 66,
  appended: 67,
  "install-snapshot": 68,
  "snapshot-received": 69,
} as const satisfies Record<RaftMessage["kind"], number>;

/** Leaves in one piece of a snapshot, refused beyond. */
const LEAVES_MAX = 4096;
/** Pieces of about a mebibyte in one snapshot: what nobody may exceed, so that a lie about the number can not grow without bound. */
const PIECES_MAX = 4096;

/** Raft's messages as CBOR arrays of fixed order, the kind's number first (docs/adr/0020). */
export const raftCodec = codecOf<RaftMessage>({
  codes: CODE,
  scan: { depthMax: 4, itemsMax: 100_000 },
  fieldsOf,
  readFields,
});

function fieldsOf(message: RaftMessage): readonly WireValue[] {
  switch (message.kind) {
    case "request":
    case "reply":
      return clientFields(message);
    case "request-vote":
      return [wireInteger(message.term), wireInteger(message.lastLogIndex), wireInteger(message.lastLogTerm)];
    case "vote":
      return [wireInteger(message.term), message.granted];
    case "append-entries":
      return [
        wireInteger(message.term),
        wireInteger(message.prevLogIndex),
        wireInteger(message.prevLogTerm),
        message.entries.map(({ term, digest, value }) => [wireInteger(term), fromHex(digest), value]),
        wireInteger(message.leaderCommit),
      ];
    case "appended":
      return [
        wireInteger(message.term),
        message.success,
        wireInteger(message.index),
        message.digest && fromHex(message.digest),
        message.counts,
      ];
    case "install-snapshot":
      return [
        wireInteger(message.term),
        wireInteger(message.lastIncludedIndex),
        wireInteger(message.lastIncludedTerm),
        fromHex(message.stateDigest),
        message.piece,
        message.pieces,
        message.leaves,
      ];
    case "snapshot-received":
      return [wireInteger(message.term), wireInteger(message.lastIncludedIndex), message.next];
  }
}

function readFields(kind: RaftMessage["kind"], reader: Reader): RaftMessage {
  switch (kind) {
    case "request":
    case "reply":
      return readClientFields(kind, reader);
    case "request-vote":
      return { kind, term: readTerm(reader), lastLogIndex: readIndex(reader), lastLogTerm: readTerm(reader) };
    case "vote":
      return { kind, term: readTerm(reader), granted: reader.boolean("granted") };
    case "append-entries":
      return {
        kind,
        term: readTerm(reader),
        prevLogIndex: readIndex(reader),
        prevLogTerm: readTerm(reader),
        entries: reader.list("entries", WIRE_LIMITS.slotsMax, (item, outer) => outer.nested(item, readEntry)),
        leaderCommit: readIndex(reader),
      };
    case "appended":
      return {
        kind,
        term: readTerm(reader),
        success: reader.boolean("success"),
        index: readIndex(reader),
        digest: readDigestOrNull(reader),
        counts: reader.boolean("counts"),
      };
    case "install-snapshot":
      return {
        kind,
        term: readTerm(reader),
        lastIncludedIndex: readIndex(reader),
        lastIncludedTerm: readTerm(reader),
        stateDigest: reader.digest("state digest"),
        piece: reader.integer("piece", PIECES_MAX),
        pieces: reader.integer("pieces", PIECES_MAX),
        leaves: reader.list("leaves", LEAVES_MAX, (item, outer) =>
          item instanceof Uint8Array && item.length <= WIRE_LIMITS.nodeBytesMax
            ? new Uint8Array(item)
            : failed(outer, "leaf: bytes were expected", new Uint8Array(0)),
        ),
      };
    case "snapshot-received":
      return { kind, term: readTerm(reader), lastIncludedIndex: readIndex(reader), next: reader.integer("next", PIECES_MAX) };
  }
}

function readEntry(reader: Reader): WireEntry {
  return { term: readTerm(reader), digest: reader.digest("digest"), value: reader.bytes("value", WIRE_LIMITS.nodeBytesMax) };
}

function readDigestOrNull(reader: Reader): Digest | null {
  const value = reader.next();
  return value === null ? null : reader.nested([value], (inner) => inner.digest("digest"));
}

function readTerm(reader: Reader): View {
  return readView(reader, "term");
}

function readIndex(reader: Reader): SeqNum {
  return readSeq(reader, "index");
}
