import { crc32 } from "node:zlib";
import type { Input, MessageBase, Principal } from "@bft/core";
import { ByteReader, ByteWriter } from "./byte-io.js";
import type { EffectMark } from "./effect-mark.js";

/**
 * A segment of a recording (docs/replay.md): items, each behind its length and CRC-32. The first byte of an item says what it is.
 * Numbers are big-endian.
 */
export const RECORDING_VERSION = 1;

export const ITEM = { header: 1, base: 2, entries: 3, record: 4, baseEnd: 5, input: 6 } as const;

const FRAME_BYTES = 8;
/** Larger than any item: a batch, a record or a thousand entries of the state. */
const ITEM_BYTES_MAX = 64 << 20;

const INPUT = { start: 0, timer: 1, message: 2 } as const;
const SIGNATURE_BYTES = 64;

/** One input as it was recorded: of a message its bytes, not what they mean. */
export interface RecordedInput {
  /** Milliseconds of the trace's clock. */
  readonly at: number;
  readonly input: RawInput;
  /** Of the honest effects, in order. */
  readonly marks: readonly EffectMark[];
}

export type RawInput =
  | { readonly kind: "start" }
  | { readonly kind: "timer-fired"; readonly timer: string }
  | ({ readonly kind: "message" } & RecordedMessage);

/** A proven message as it was taken. */
export interface RecordedMessage {
  readonly signer: Principal;
  readonly via: Principal;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly attachment: Uint8Array | null;
}

export function encodeItem(kind: number, body: Uint8Array): Buffer {
  const item = Buffer.allocUnsafe(FRAME_BYTES + 1 + body.length);
  item[FRAME_BYTES] = kind;
  item.set(body, FRAME_BYTES + 1);
  return framed(item);
}

export function encodeInput(at: number, input: Input<MessageBase>, marks: readonly EffectMark[]): Buffer {
  const writer = new ByteWriter(inputBytes(input) + 5 * marks.length, FRAME_BYTES);
  writer.u8(ITEM.input);
  writer.f64(at);
  switch (input.kind) {
    case "start":
      writer.u8(INPUT.start);
      break;
    case "timer-fired":
      writer.u8(INPUT.timer);
      writer.bytes(Buffer.from(input.timer));
      break;
    case "message": {
      const { signer, signature, payload, attachment } = input.signed;
      writer.u8(INPUT.message);
      writer.principal(signer);
      writer.principal(input.via);
      writer.raw(signature);
      writer.bytes(payload);
      writer.u8(attachment === null ? 0 : 1);
      if (attachment !== null) writer.bytes(attachment);
      break;
    }
  }
  writer.u32(marks.length);
  for (const { code, sum } of marks) {
    writer.u8(code);
    writer.u32(sum);
  }
  return framed(writer.done());
}

/** Room for everything but the marks; a little too much is cut off. */
function inputBytes(input: Input<MessageBase>): number {
  const around = FRAME_BYTES + 64;
  if (input.kind === "start") return around;
  if (input.kind === "timer-fired") return around + 4 * input.timer.length;
  return around + SIGNATURE_BYTES + input.signed.payload.length + (input.signed.attachment?.length ?? 0);
}

/** An item behind its frame; `item` has room for that at its beginning. */
function framed(item: Buffer): Buffer {
  const body = item.subarray(FRAME_BYTES);
  item.writeUInt32BE(body.length, 0);
  item.writeUInt32BE(crc32(body), 4);
  return item;
}

/** An item with what stands behind it. */
export interface ReadItem {
  readonly kind: number;
  readonly body: Buffer;
  readonly next: number;
}

/** The item at `at`, or null where none is whole: the end, a write that did not finish, or damage. */
export function itemAt(bytes: Buffer, at: number): ReadItem | null {
  if (at + FRAME_BYTES + 1 > bytes.length) return null;
  const length = bytes.readUInt32BE(at);
  const next = at + FRAME_BYTES + length;
  if (length === 0 || length > ITEM_BYTES_MAX || next > bytes.length) return null;
  const body = bytes.subarray(at + FRAME_BYTES, next);
  if (crc32(body) !== bytes.readUInt32BE(at + 4)) return null;
  return { kind: body[0] ?? 0, body: body.subarray(1), next };
}

/** The body of an input item; null when it is none, which a checksum that holds makes unlikely but not impossible. */
export function decodeInput(body: Buffer): RecordedInput | null {
  try {
    const reader = new ByteReader(body);
    const at = reader.f64();
    const input = rawInput(reader);
    const count = reader.u32();
    if (input === null || !Number.isFinite(at) || count > reader.left / 5) return null;
    const marks = Array.from({ length: count }, () => ({ code: reader.u8(), sum: reader.u32() }));
    return reader.left === 0 ? { at, input, marks } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function rawInput(reader: ByteReader): RawInput | null {
  switch (reader.u8()) {
    case INPUT.start:
      return { kind: "start" };
    case INPUT.timer:
      return { kind: "timer-fired", timer: reader.bytes().toString("utf8") };
    case INPUT.message: {
      const [signer, via] = [reader.principal(), reader.principal()];
      const [signature, payload] = [reader.raw(SIGNATURE_BYTES), reader.bytes()];
      const attachment = reader.u8() === 0 ? null : reader.bytes();
      if (signer === null || via === null) return null;
      return { kind: "message", signer, via, signature, payload, attachment };
    }
    default:
      return null;
  }
}
