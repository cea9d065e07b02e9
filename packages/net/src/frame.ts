/** Bytes of the length that stands before a frame's body, unsigned and big-endian. */
export const FRAME_HEADER_BYTES = 4;

const FIRST_ASSEMBLY_BYTES = 4096;

/** A frame whose announced length is over the limit. Where the next frame would begin can not be known: close the connection. */
export interface FrameRefusal {
  readonly code: "frame-too-large";
  readonly announcedBytes: number;
  readonly frameBytesMax: number;
}

export type FrameResult =
  | { readonly kind: "frame"; readonly body: Uint8Array }
  | { readonly kind: "need-more" }
  | { readonly kind: "refused"; readonly refusal: FrameRefusal };

const NEED_MORE: FrameResult = { kind: "need-more" };

/**
 * Takes a byte stream apart into frame bodies, whatever its chunks. It holds the chunks that were pushed and not yet consumed and at
 * most one unfinished frame, in a buffer that grows with what has come (never by what was only announced). Every byte is copied at
 * most twice.
 */
export class FrameParser {
  #frameBytesMax: number;
  #chunks: Uint8Array[] = [];
  /** How much of the first chunk is consumed. */
  #offset = 0;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  /** Body length of the unfinished frame, or null between frames. */
  #bodyBytes: number | null = null;
  #assembly = new Uint8Array(0);
  #assembled = 0;
  #refusal: FrameRefusal | null = null;

  /** @throws RangeError unless `frameBytesMax` is an integer of 1 .. 2^31. */
  constructor(frameBytesMax: number) {
    this.#frameBytesMax = checkedFrameBytesMax(frameBytesMax);
  }

  /** The limit for frames that have not begun yet. @throws RangeError as the constructor does. */
  set frameBytesMax(bytes: number) {
    this.#frameBytesMax = checkedFrameBytesMax(bytes);
  }

  /** The parser keeps `chunk` until it is consumed; its bytes must not change meanwhile. */
  push(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /**
   * The next frame body, which may be a view of a pushed chunk: copy what you keep. After a refusal it answers that refusal for ever.
   */
  next(): FrameResult {
    if (this.#refusal !== null) return { kind: "refused", refusal: this.#refusal };
    if (this.#bodyBytes === null) {
      const length = this.#readHeader();
      if (length === null) return NEED_MORE;
      if (length > this.#frameBytesMax) return this.#refuse(length);
      this.#bodyBytes = length;
    }
    const body = this.#readBody(this.#bodyBytes);
    if (body === null) return NEED_MORE;
    this.#bodyBytes = null;
    return { kind: "frame", body };
  }

  #refuse(announcedBytes: number): FrameResult {
    this.#refusal = { code: "frame-too-large", announcedBytes, frameBytesMax: this.#frameBytesMax };
    this.#chunks = [];
    this.#assembly = new Uint8Array(0);
    return { kind: "refused", refusal: this.#refusal };
  }

  #readHeader(): number | null {
    while (this.#headerBytes < FRAME_HEADER_BYTES) {
      const piece = this.#take(FRAME_HEADER_BYTES - this.#headerBytes);
      if (piece === null) return null;
      this.#header.set(piece, this.#headerBytes);
      this.#headerBytes += piece.length;
    }
    this.#headerBytes = 0;
    return new DataView(this.#header.buffer).getUint32(0);
  }

  #readBody(length: number): Uint8Array | null {
    if (this.#assembled === 0) {
      const whole = this.#takeWhole(length);
      if (whole !== null) return whole;
    }
    while (this.#assembled < length) {
      const piece = this.#take(length - this.#assembled);
      if (piece === null) return null;
      this.#makeRoom(this.#assembled + piece.length, length);
      this.#assembly.set(piece, this.#assembled);
      this.#assembled += piece.length;
    }
    const body = this.#assembly.subarray(0, length);
    this.#assembly = new Uint8Array(0);
    this.#assembled = 0;
    return body;
  }

  #makeRoom(needed: number, length: number): void {
    if (needed <= this.#assembly.length) return;
    const grown = new Uint8Array(Math.min(length, Math.max(needed, 2 * this.#assembly.length, FIRST_ASSEMBLY_BYTES)));
    grown.set(this.#assembly.subarray(0, this.#assembled));
    this.#assembly = grown;
  }

  /** Exactly `length` bytes when the first chunk has them all, else null. */
  #takeWhole(length: number): Uint8Array | null {
    if (length === 0) return new Uint8Array(0);
    const chunk = this.#chunks[0];
    return chunk !== undefined && chunk.length - this.#offset >= length ? this.#take(length) : null;
  }

  /** 1 to `most` bytes of the first chunk, or null when there are no more. */
  #take(most: number): Uint8Array | null {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return null;
    const piece = chunk.subarray(this.#offset, this.#offset + most);
    this.#offset += piece.length;
    if (this.#offset === chunk.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
    return piece;
  }
}

function checkedFrameBytesMax(bytes: number): number {
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > 2 ** 31)
    throw new RangeError(`frameBytesMax must be an integer of 1 to 2^31, got ${bytes}`);
  return bytes;
}

/** `body` behind its length, as it goes on the wire. */
export function encodeFrame(body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, FRAME_HEADER_BYTES);
  return frame;
}
