import { fromHex } from "../bytes.js";
import type { Digest, SeqNum } from "../ids.js";
import { readSeq, readView } from "../replication/codec.js";
import { readRecordBytes, readRecordLeaves, readRecordOf } from "../replication/records.js";
import { encodeWire, wireInteger } from "../wire/cbor.js";
import type { Reader } from "../wire/reader.js";
import type { Proposal } from "./instances.js";
import type { Ballot } from "./messages.js";

/**
 * What a replica writes down before it says it: "stable storage, preserved during failures, is used to maintain the information that the
 * acceptor must remember" (§2.5). Reading the records in order gives back the state (recovery.ts).
 */
export type Record =
  /** Before the promise leaves, or the first thing said in this ballot. */
  | { readonly kind: "ballot"; readonly ballot: Ballot }
  /** Before `accepted` leaves, or as the leader the accept request. */
  | { readonly kind: "accepted"; readonly seq: SeqNum; readonly ballot: Ballot; readonly value: Uint8Array }
  /** Before the replies leave: the accepted value was chosen in that ballot, and executed. */
  | { readonly kind: "executed"; readonly seq: SeqNum; readonly ballot: Ballot }
  /** The same for a value that is not the one accepted here. */
  | { readonly kind: "learned"; readonly seq: SeqNum; readonly ballot: Ballot; readonly value: Uint8Array }
  /** Leaves of a snapshot that was fetched; an `installed` record ends them. */
  | { readonly kind: "leaves"; readonly seq: SeqNum; readonly leaves: readonly Uint8Array[] }
  | { readonly kind: "installed"; readonly seq: SeqNum; readonly stateDigest: Digest }
  /** The replica has lost its earlier records and may have promised or accepted anything. */
  | { readonly kind: "amnesia" };

const CODE = {
  ballot: 1,
  accepted: 2,
  executed: 3,
  learned: 4,
  leaves: 5,
  installed: 6,
  amnesia: 7,
} as const satisfies { readonly [K in Record["kind"]]: number };

export function ballotRecord(ballot: Ballot): Uint8Array {
  return encodeWire([CODE.ballot, wireInteger(ballot)]);
}

export function acceptedRecord(seq: SeqNum, { ballot, value }: Proposal): Uint8Array {
  return encodeWire([CODE.accepted, wireInteger(seq), wireInteger(ballot), value.bytes]);
}

export function executedRecord(seq: SeqNum, ballot: Ballot): Uint8Array {
  return encodeWire([CODE.executed, wireInteger(seq), wireInteger(ballot)]);
}

export function learnedRecord(seq: SeqNum, { ballot, value }: Proposal): Uint8Array {
  return encodeWire([CODE.learned, wireInteger(seq), wireInteger(ballot), value.bytes]);
}

export function leavesRecord(seq: SeqNum, leaves: readonly Uint8Array[]): Uint8Array {
  return encodeWire([CODE.leaves, wireInteger(seq), leaves]);
}

export function installedRecord(seq: SeqNum, stateDigest: Digest): Uint8Array {
  return encodeWire([CODE.installed, wireInteger(seq), fromHex(stateDigest)]);
}

export function amnesiaRecord(): Uint8Array {
  return encodeWire([CODE.amnesia]);
}

/** Reads a record back. Null when it is none of ours: the file is damaged. */
export function readRecord(bytes: Uint8Array): Record | null {
  return readRecordOf(bytes, { depthMax: 3, itemsMax: 20_000 }, readFields);
}

function readFields(code: number, reader: Reader): Record | null {
  switch (code) {
    case CODE.ballot:
      return { kind: "ballot", ballot: readView(reader) };
    case CODE.accepted:
      return { kind: "accepted", seq: readSeq(reader), ballot: readView(reader), value: readRecordBytes(reader) };
    case CODE.executed:
      return { kind: "executed", seq: readSeq(reader), ballot: readView(reader) };
    case CODE.learned:
      return { kind: "learned", seq: readSeq(reader), ballot: readView(reader), value: readRecordBytes(reader) };
    case CODE.leaves:
      return {
        kind: "leaves",
        seq: readSeq(reader),
        leaves: readRecordLeaves(reader),
      };
    case CODE.installed:
      return { kind: "installed", seq: readSeq(reader), stateDigest: reader.digest("state digest") };
    case CODE.amnesia:
      return { kind: "amnesia" };
    default:
      reader.fail("unknown kind of record");
      return null;
  }
}
