import { fromHex } from "../bytes.js";
import { CLIENT_CODE, clientFields, codecOf, readClientFields, readSeq, readView, WIRE_LIMITS } from "../replication/codec.js";
import { type WireValue, wireInteger } from "../wire/cbor.js";
import type { Reader } from "../wire/reader.js";
import type { PaxosMessage } from "./messages.js";

/** First field of every payload. */
const CODE = {
  ...CLIENT_CODE,
  prepare: 32,
  promise: 33,
  refused: 34,
  accept: 35,
  accepted: 36,
  heartbeat: 37,
  fetch: 38,
  chosen: 39,
  "fetch-snapshot": 40,
  snapshot: 41,
} as const satisfies Record<PaxosMessage["kind"], number>;

/** More than one part of a promise holds (acceptor.ts). */
const PROPOSALS_MAX = 1.5 * WIRE_LIMITS.slotsMax;
/** More than store/leaves.ts puts into one group. */
const LEAVES_MAX = 4096;

/** Multi-Paxos's messages as CBOR arrays of fixed order, the kind's number first (docs/adr/0020). */
export const paxosCodec = codecOf<PaxosMessage>({
  codes: CODE,
  // Nesting of a message: promise > accepted > proposal.
  scan: { depthMax: 4, itemsMax: 20_000 },
  fieldsOf,
  readFields,
});

function fieldsOf(message: PaxosMessage): readonly WireValue[] {
  switch (message.kind) {
    case "request":
    case "reply":
      return clientFields(message);
    case "prepare":
      return [wireInteger(message.ballot), wireInteger(message.from)];
    case "promise":
      return [
        wireInteger(message.ballot),
        wireInteger(message.from),
        wireInteger(message.low),
        wireInteger(message.executed),
        message.accepted.map(({ seq, ballot, digest, bytes }) => [wireInteger(seq), wireInteger(ballot), fromHex(digest), bytes]),
        message.complete,
      ];
    case "refused":
      return [wireInteger(message.ballot), wireInteger(message.promised), wireInteger(message.executed)];
    case "accept":
      return [wireInteger(message.ballot), wireInteger(message.seq), fromHex(message.digest), wireInteger(message.chosen)];
    case "accepted":
      return [wireInteger(message.ballot), wireInteger(message.seq), fromHex(message.digest)];
    case "chosen":
      return [wireInteger(message.ballot), wireInteger(message.seq), fromHex(message.digest), message.last];
    case "heartbeat":
      return [wireInteger(message.ballot), wireInteger(message.chosen)];
    case "fetch":
      return [wireInteger(message.from)];
    case "fetch-snapshot":
      return [wireInteger(message.seq), wireInteger(message.part)];
    case "snapshot":
      return [wireInteger(message.seq), fromHex(message.stateDigest), wireInteger(message.part), message.last, message.leaves];
  }
}

function readFields(kind: PaxosMessage["kind"], reader: Reader): PaxosMessage {
  switch (kind) {
    case "request":
    case "reply":
      return readClientFields(kind, reader);
    case "prepare":
      return { kind, ballot: readBallot(reader), from: readSeq(reader, "from") };
    case "promise":
      return {
        kind,
        ballot: readBallot(reader),
        from: readSeq(reader, "from"),
        low: readSeq(reader, "low"),
        executed: readSeq(reader, "executed"),
        accepted: reader.list("accepted", PROPOSALS_MAX, (item, outer) =>
          outer.nested(item, (inner) => ({
            seq: readSeq(inner),
            ballot: readBallot(inner),
            digest: inner.digest("digest"),
            bytes: inner.bytes("value", WIRE_LIMITS.nodeBytesMax),
          })),
        ),
        complete: reader.boolean("complete"),
      };
    case "refused":
      return { kind, ballot: readBallot(reader), promised: readBallot(reader), executed: readSeq(reader, "executed") };
    case "accept":
      return {
        kind,
        ballot: readBallot(reader),
        seq: readSeq(reader),
        digest: reader.digest("digest"),
        chosen: readSeq(reader, "chosen"),
      };
    case "accepted":
      return { kind, ballot: readBallot(reader), seq: readSeq(reader), digest: reader.digest("digest") };
    case "chosen":
      return {
        kind,
        ballot: readBallot(reader),
        seq: readSeq(reader),
        digest: reader.digest("digest"),
        last: reader.boolean("last"),
      };
    case "heartbeat":
      return { kind, ballot: readBallot(reader), chosen: readSeq(reader, "chosen") };
    case "fetch":
      return { kind, from: readSeq(reader, "from") };
    case "fetch-snapshot":
      return { kind, seq: readSeq(reader), part: reader.integer("part") };
    case "snapshot":
      return {
        kind,
        seq: readSeq(reader),
        stateDigest: reader.digest("state digest"),
        part: reader.integer("part"),
        last: reader.boolean("last"),
        leaves: reader.list("leaves", LEAVES_MAX, (item, outer) =>
          outer.nested([item], (inner) => inner.bytes("leaf", WIRE_LIMITS.nodeBytesMax)),
        ),
      };
  }
}

function readBallot(reader: Reader) {
  return readView(reader, "ballot");
}
