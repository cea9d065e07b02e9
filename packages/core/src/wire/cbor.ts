import { Encoder } from "cbor-x";
import type { DecodeError } from "../machine.js";
import { copyBytes } from "../small-bytes.js";
import { type ScanLimits, scan } from "./scan.js";

/** What payloads are made of. Arrays of fixed order instead of maps: half the size and no duplicate keys. */
export type WireValue = number | bigint | string | boolean | null | Uint8Array | readonly WireValue[];

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false, variableMapSize: true });

/** CBOR bytes of `value`, a copy that shares no buffer with the encoder. */
export function encodeWire(value: WireValue): Uint8Array {
  return copyBytes(cbor.encode(value));
}

/** The same without the copy: good until the next encoding, for bytes that are only hashed. */
export function encodeWireBriefly(value: WireValue): Uint8Array {
  return cbor.encode(value);
}

/** An integer 0 .. 2^53-1 for `encodeWire`: beyond 32 bits cbor-x needs a BigInt, or it writes a float. */
export function wireInteger(value: number): number | bigint {
  return value > 0xffff_ffff ? BigInt(value) : value;
}

/** Hostile bytes to plain values, or the reason why not. Never throws; the scan comes first and bounds all that follows. */
export function decodeWire(bytes: Uint8Array, limits: ScanLimits): { readonly value: unknown } | DecodeError {
  const refused = scan(bytes, limits);
  if (refused !== null) return refused;
  return { value: cbor.decode(bytes) };
}
