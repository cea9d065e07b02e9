import type { SeqNum, View } from "../ids.js";
import type { Signed } from "../machine.js";
import { WIRE_LIMITS } from "../replication/codec.js";
import { readRecordBytes, readRecordLeaves, readRecordOf } from "../replication/records.js";
import { encodeWire, wireInteger } from "../wire/cbor.js";
import type { Reader } from "../wire/reader.js";
import { claimFields, readClaim, readClaims } from "./codec.js";
import {
  type Checkpoint,
  type Claimed,
  type Commit,
  claimOf,
  type NewView,
  type PbftMessage,
  type PrePrepare,
  type Prepare,
  type PreparedCertificate,
  type ViewChange,
} from "./messages.js";

/**
 * What a replica writes down before it says it, so that after `kill -9` it never contradicts itself. Reading the records in
 * order gives back the state (recovery.ts).
 */
export type Record =
  /** Before the prepare for it, or as primary the pre-prepare itself, leaves. */
  | { readonly kind: "accepted"; readonly prePrepare: Claimed<PrePrepare>; readonly batch: Uint8Array }
  /** Before the commit leaves: a later view-change must carry this certificate (§4.4). */
  | { readonly kind: "prepared"; readonly prePrepare: Claimed<PrePrepare>; readonly prepares: readonly Claimed<Prepare>[] }
  /** Before the replies leave: what was executed stays executed. */
  | {
      readonly kind: "executed";
      readonly seq: SeqNum;
      readonly view: View;
      readonly batch: Uint8Array;
      readonly commits: readonly Claimed<Commit>[];
    }
  | { readonly kind: "stable"; readonly checkpoints: readonly Claimed<Checkpoint>[] }
  | { readonly kind: "view-change"; readonly viewChange: Claimed<ViewChange> }
  | { readonly kind: "new-view"; readonly newView: Claimed<NewView> }
  /** Leaves of a state that was fetched; an `installed` record ends them. */
  | { readonly kind: "leaves"; readonly seq: SeqNum; readonly leaves: readonly Uint8Array[] }
  | { readonly kind: "installed"; readonly checkpoints: readonly Claimed<Checkpoint>[] }
  /** A batch of an earlier view for which this replica sent a prepare (log.ts, keepBatch). */
  | { readonly kind: "batch"; readonly seq: SeqNum; readonly batch: Uint8Array }
  /** The replica has lost its earlier records, and may have voted for anything, below the checkpoint `until` once that is known. */
  | { readonly kind: "amnesia"; readonly until: SeqNum | null }
  /** Whatever it may have voted for is below a stable checkpoint now. */
  | { readonly kind: "trusted-again" };

const CODE = {
  accepted: 1,
  prepared: 2,
  executed: 3,
  stable: 4,
  "view-change": 5,
  "new-view": 6,
  leaves: 7,
  installed: 8,
  amnesia: 9,
  "trusted-again": 10,
  batch: 11,
} as const satisfies { readonly [K in Record["kind"]]: number };

export function acceptedRecord(prePrepare: Signed<PrePrepare>, batch: Uint8Array): Uint8Array {
  return encodeWire([CODE.accepted, signedFields(prePrepare), batch]);
}

export function preparedRecord(certificate: PreparedCertificate): Uint8Array {
  return encodeWire([CODE.prepared, signedFields(certificate.prePrepare), certificate.prepares.map(signedFields)]);
}

export function executedRecord(seq: SeqNum, view: View, batch: Uint8Array, commits: readonly Signed<Commit>[]): Uint8Array {
  return encodeWire([CODE.executed, wireInteger(seq), wireInteger(view), batch, commits.map(signedFields)]);
}

export function stableRecord(certificate: readonly Signed<Checkpoint>[]): Uint8Array {
  return encodeWire([CODE.stable, certificate.map(signedFields)]);
}

export function viewChangeRecord(viewChange: Signed<ViewChange>): Uint8Array {
  return encodeWire([CODE["view-change"], signedFields(viewChange)]);
}

export function newViewRecord(newView: Signed<NewView>): Uint8Array {
  return encodeWire([CODE["new-view"], signedFields(newView)]);
}

export function leavesRecord(seq: SeqNum, leaves: readonly Uint8Array[]): Uint8Array {
  return encodeWire([CODE.leaves, wireInteger(seq), leaves]);
}

export function installedRecord(certificate: readonly Signed<Checkpoint>[]): Uint8Array {
  return encodeWire([CODE.installed, certificate.map(signedFields)]);
}

export function batchRecord(seq: SeqNum, batch: Uint8Array): Uint8Array {
  return encodeWire([CODE.batch, wireInteger(seq), batch]);
}

export function amnesiaRecord(until: SeqNum | null): Uint8Array {
  return encodeWire([CODE.amnesia, until === null ? 0 : wireInteger(until)]);
}

export function trustedAgainRecord(): Uint8Array {
  return encodeWire([CODE["trusted-again"]]);
}

function signedFields(signed: Signed<PbftMessage>) {
  return claimFields(claimOf(signed));
}

/** Reads a record back. Null when it is none of ours: the file is damaged. */
export function readRecord(bytes: Uint8Array): Record | null {
  return readRecordOf(bytes, { depthMax: 4, itemsMax: 400_000 }, readFields);
}

function readFields(code: number, reader: Reader): Record | null {
  const { replicasMax } = WIRE_LIMITS;
  switch (code) {
    case CODE.accepted:
      return { kind: "accepted", prePrepare: readClaim(reader.next(), reader, "pre-prepare"), batch: readRecordBytes(reader) };
    case CODE.prepared:
      return {
        kind: "prepared",
        prePrepare: readClaim(reader.next(), reader, "pre-prepare"),
        prepares: readClaims(reader, "prepare", replicasMax),
      };
    case CODE.executed:
      return {
        kind: "executed",
        seq: reader.integer("sequence number") as SeqNum,
        view: reader.integer("view") as View,
        batch: readRecordBytes(reader),
        commits: readClaims(reader, "commit", replicasMax),
      };
    case CODE.stable:
      return { kind: "stable", checkpoints: readClaims(reader, "checkpoint", replicasMax) };
    case CODE["view-change"]:
      return { kind: "view-change", viewChange: readClaim(reader.next(), reader, "view-change") };
    case CODE["new-view"]:
      return { kind: "new-view", newView: readClaim(reader.next(), reader, "new-view") };
    case CODE.leaves:
      return {
        kind: "leaves",
        seq: reader.integer("sequence number") as SeqNum,
        leaves: readRecordLeaves(reader),
      };
    case CODE.installed:
      return { kind: "installed", checkpoints: readClaims(reader, "checkpoint", replicasMax) };
    case CODE.batch:
      return { kind: "batch", seq: reader.integer("sequence number") as SeqNum, batch: readRecordBytes(reader) };
    case CODE.amnesia:
      return { kind: "amnesia", until: (reader.integer("until") || null) as SeqNum | null };
    case CODE["trusted-again"]:
      return { kind: "trusted-again" };
    default:
      reader.fail("unknown kind of record");
      return null;
  }
}
