import type { Principal } from "@bft/core";
import { clientId, copyBytes, newBytes, replicaId } from "@bft/core";
import { SIGNATURE_BYTES } from "./crypto/scheme.js";
import { FRAME_HEADER_BYTES } from "./frame.js";
import { PROTOCOL_VERSION } from "./version.js";

/**
 * The body of a frame after the handshake (docs/adr/0011), integers unsigned and big-endian:
 *
 *     version 1 | sender role 1 | sender id 4 | signature 64 | payload length 4 | payload | attachment mark 1 | attachment
 *
 * The mark is 0 for no attachment and 1 before an attachment, which may be empty and reaches to the end of the frame.
 */
export interface Envelope {
  /** Who signed the payload, so it says; the connection may belong to another that relays it. */
  readonly sender: Principal;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  readonly payload: Uint8Array;
  readonly attachment: Uint8Array | null;
}

/** Why a frame body is not an envelope. */
export type EnvelopeRefusalCode =
  | "envelope-truncated"
  | "envelope-version"
  | "envelope-role"
  | "envelope-payload-length"
  | "envelope-attachment-mark"
  | "envelope-trailing-bytes";

export interface EnvelopeRefusal {
  readonly code: EnvelopeRefusalCode;
  /** What was expected and what came, without the peer's bytes. */
  readonly detail: string;
}

export type EnvelopeResult =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly refusal: EnvelopeRefusal };

const SENDER_AT = 1;
const SIGNATURE_AT = 6;
const LENGTH_AT = SIGNATURE_AT + SIGNATURE_BYTES;
const PAYLOAD_AT = LENGTH_AT + 4;

/** Bytes of an envelope beside its payload and attachment. */
export const ENVELOPE_OVERHEAD_BYTES = PAYLOAD_AT + 1;

const NO_ATTACHMENT = 0;
const ATTACHMENT = 1;

/** How a role stands on the wire. */
export const ROLE_CODES: Readonly<Record<Principal["role"], number>> = { replica: 0, client: 1 };

/** The principal of a role code and an id of 0 .. 2^32-1, or null when there is no such role. */
export function principalOf(roleCode: number, id: number): Principal | null {
  if (roleCode === ROLE_CODES.replica) return { role: "replica", id: replicaId(id) };
  if (roleCode === ROLE_CODES.client) return { role: "client", id: clientId(id) };
  return null;
}

/**
 * An envelope as a whole frame, its length in front, ready for a socket.
 * @throws TypeError when the signature is not of 64 bytes. @throws RangeError when the sender's id is over 2^32-1.
 */
export function encodeEnvelopeFrame({ sender, signature, payload, attachment }: Envelope): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES)
    throw new TypeError(`a signature has ${SIGNATURE_BYTES} bytes, got ${signature.length}`);
  if (sender.id > 0xffffffff) throw new RangeError(`a principal's id is at most 2^32-1, got ${sender.id}`);
  const bodyBytes = ENVELOPE_OVERHEAD_BYTES + payload.length + (attachment?.length ?? 0);
  const frame = newBytes(FRAME_HEADER_BYTES + bodyBytes);
  const header = new DataView(frame.buffer, frame.byteOffset);
  header.setUint32(0, bodyBytes);
  const body = frame.subarray(FRAME_HEADER_BYTES);
  body[0] = PROTOCOL_VERSION;
  body[SENDER_AT] = ROLE_CODES[sender.role];
  header.setUint32(FRAME_HEADER_BYTES + SENDER_AT + 1, sender.id);
  body.set(signature, SIGNATURE_AT);
  header.setUint32(FRAME_HEADER_BYTES + LENGTH_AT, payload.length);
  body.set(payload, PAYLOAD_AT);
  const markAt = PAYLOAD_AT + payload.length;
  body[markAt] = attachment === null ? NO_ATTACHMENT : ATTACHMENT;
  if (attachment !== null) body.set(attachment, markAt + 1);
  return frame;
}

/**
 * Reads a frame body, hostile bytes. Never throws. What it returns is copied out of `body`, signature and payload in one piece, the
 * attachment in another, so that keeping a vote never keeps the batch or the socket's buffer that it came with.
 */
export function decodeEnvelope(body: Uint8Array): EnvelopeResult {
  if (body.length < ENVELOPE_OVERHEAD_BYTES)
    return refuse("envelope-truncated", `expected at least ${ENVELOPE_OVERHEAD_BYTES} bytes, got ${body.length}`);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const version = view.getUint8(0);
  if (version !== PROTOCOL_VERSION) return refuse("envelope-version", `expected version ${PROTOCOL_VERSION}, got ${version}`);
  const sender = principalOf(view.getUint8(SENDER_AT), view.getUint32(SENDER_AT + 1));
  if (sender === null) return refuse("envelope-role", `expected role 0 or 1, got ${view.getUint8(SENDER_AT)}`);
  const payloadBytes = view.getUint32(LENGTH_AT);
  const payloadBytesMax = body.length - ENVELOPE_OVERHEAD_BYTES;
  if (payloadBytes > payloadBytesMax)
    return refuse(
      "envelope-payload-length",
      `a payload of ${payloadBytes} bytes was announced where at most ${payloadBytesMax} fit`,
    );
  const markAt = PAYLOAD_AT + payloadBytes;
  const mark = view.getUint8(markAt);
  if (mark > ATTACHMENT) return refuse("envelope-attachment-mark", `expected 0 or 1, got ${mark}`);
  if (mark === NO_ATTACHMENT && body.length > markAt + 1)
    return refuse("envelope-trailing-bytes", `${body.length - markAt - 1} bytes follow the payload`);
  const signed = copyBytes(body.subarray(SIGNATURE_AT, markAt));
  const envelope = {
    sender,
    signature: signed.subarray(0, SIGNATURE_BYTES),
    payload: signed.subarray(PAYLOAD_AT - SIGNATURE_AT),
    attachment: mark === ATTACHMENT ? copyBytes(body.subarray(markAt + 1)) : null,
  };
  return { ok: true, envelope };
}

function refuse(code: EnvelopeRefusalCode, detail: string): EnvelopeResult {
  return { ok: false, refusal: { code, detail } };
}
