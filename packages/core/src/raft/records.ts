import { fromHex } from "../bytes.js";
import type { Digest, ReplicaId } from "../ids.js";
import { readRecordBytes, readRecordLeaves, readRecordOf } from "../replication/records.js";
import { encodeWire, wireInteger } from "../wire/cbor.js";
import type { Reader } from "../wire/reader.js";
import type { LogEntry } from "./log.js";
import type { Index, Term } from "./messages.js";

/** What a replica writes down before it says it (figure 2, "persistent state on all servers"). */
export type Record =
  /** Before a vote, an acknowledgement or a message of a new term leaves. */
  | { readonly kind: "term"; readonly term: Term; readonly votedFor: ReplicaId | null }
  /** Before an entry is sent or acknowledged. What stood at its index and behind it is gone. */
  | {
      readonly kind: "entry";
      readonly index: Index;
      readonly term: Term;
      readonly value: Uint8Array;
      readonly writtenIn: Term;
    }
  /** We differ: figure 2 keeps commitIndex in memory; ours is written down, so that what was executed stays executed. */
  | { readonly kind: "committed"; readonly index: Index }
  /** Leaves of a snapshot that was sent; an `installed` record ends them. */
  | { readonly kind: "leaves"; readonly index: Index; readonly leaves: readonly Uint8Array[] }
  | { readonly kind: "installed"; readonly index: Index; readonly term: Term; readonly stateDigest: Digest }
  /** The term of the last entry that the saved state covers, and when that was written down. */
  | { readonly kind: "snapshot"; readonly index: Index; readonly term: Term; readonly writtenIn: Term }
  /** The earlier records are lost: this replica never votes again. */
  | { readonly kind: "amnesia" };

const CODE = {
  term: 1,
  entry: 2,
  committed: 3,
  leaves: 4,
  installed: 5,
  snapshot: 6,
  amnesia: 7,
} as const satisfies { readonly [K in Record["kind"]]: number };

export function termRecord(term: Term, votedFor: ReplicaId | null): Uint8Array {
  return encodeWire([CODE.term, wireInteger(term), votedFor === null ? null : votedFor]);
}

export function entryRecord({ index, term, value, writtenIn }: LogEntry): Uint8Array {
  return encodeWire([CODE.entry, wireInteger(index), wireInteger(term), value.bytes, wireInteger(writtenIn)]);
}

export function committedRecord(index: Index): Uint8Array {
  return encodeWire([CODE.committed, wireInteger(index)]);
}

export function leavesRecord(index: Index, leaves: readonly Uint8Array[]): Uint8Array {
  return encodeWire([CODE.leaves, wireInteger(index), leaves]);
}

export function installedRecord(index: Index, term: Term, stateDigest: Digest): Uint8Array {
  return encodeWire([CODE.installed, wireInteger(index), wireInteger(term), fromHex(stateDigest)]);
}

export function snapshotRecord(index: Index, term: Term, writtenIn: Term): Uint8Array {
  return encodeWire([CODE.snapshot, wireInteger(index), wireInteger(term), wireInteger(writtenIn)]);
}

export function amnesiaRecord(): Uint8Array {
  return encodeWire([CODE.amnesia]);
}

/** Reads a record back. Null when it is none of ours: the file is damaged. */
export function readRecord(bytes: Uint8Array): Record | null {
  return readRecordOf(bytes, { depthMax: 3, itemsMax: 100_000 }, readFields);
}

function readFields(code: number, reader: Reader): Record | null {
  switch (code) {
    case CODE.term:
      return { kind: "term", term: readTerm(reader), votedFor: readVote(reader) };
    case CODE.entry:
      return {
        kind: "entry",
        index: readIndex(reader),
        term: readTerm(reader),
        value: readRecordBytes(reader),
        writtenIn: readTerm(reader),
      };
    case CODE.committed:
      return { kind: "committed", index: readIndex(reader) };
    case CODE.leaves:
      return {
        kind: "leaves",
        index: readIndex(reader),
        leaves: readRecordLeaves(reader),
      };
    case CODE.installed:
      return { kind: "installed", index: readIndex(reader), term: readTerm(reader), stateDigest: reader.digest("state digest") };
    case CODE.snapshot:
      return { kind: "snapshot", index: readIndex(reader), term: readTerm(reader), writtenIn: readTerm(reader) };
    case CODE.amnesia:
      return { kind: "amnesia" };
    default:
      reader.fail("unknown kind of record");
      return null;
  }
}

function readIndex(reader: Reader): Index {
  return reader.integer("index") as Index;
}

function readTerm(reader: Reader): Term {
  return reader.integer("term") as Term;
}

function readVote(reader: Reader): ReplicaId | null {
  const value = reader.next();
  return value === null ? null : (Number(value) as ReplicaId);
}
