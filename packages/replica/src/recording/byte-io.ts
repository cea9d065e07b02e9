import { clientId, clientPrincipal, type Principal, replicaId, replicaPrincipal } from "@bft/core";

/** Ids are small; a larger number is damage. */
const ID_MAX = 0xffff;

/** Writes numbers and bytes, big-endian, one after the other. */
export class ByteWriter {
  readonly #buffer: Buffer;
  #at: number;

  /** @param from bytes at the beginning that are left as they are */
  constructor(length: number, from: number) {
    this.#buffer = Buffer.allocUnsafe(length);
    this.#at = from;
  }

  u8(value: number): void {
    this.#at = this.#buffer.writeUInt8(value, this.#at);
  }

  u32(value: number): void {
    this.#at = this.#buffer.writeUInt32BE(value, this.#at);
  }

  f64(value: number): void {
    this.#at = this.#buffer.writeDoubleBE(value, this.#at);
  }

  raw(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  bytes(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.raw(bytes);
  }

  principal({ role, id }: Principal): void {
    this.u8(role === "replica" ? 0 : 1);
    this.u32(id);
  }

  done(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }
}

/** Reads what ByteWriter wrote; throws a RangeError past the end. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get left(): number {
    return this.#buffer.length - this.#at;
  }

  u8(): number {
    return this.#buffer.readUInt8(this.#move(1));
  }

  u32(): number {
    return this.#buffer.readUInt32BE(this.#move(4));
  }

  f64(): number {
    return this.#buffer.readDoubleBE(this.#move(8));
  }

  raw(length: number): Buffer {
    const from = this.#move(length);
    return this.#buffer.subarray(from, from + length);
  }

  bytes(): Buffer {
    return this.raw(this.u32());
  }

  principal(): Principal | null {
    const role = this.u8();
    const id = this.u32();
    if (id > ID_MAX) return null;
    return role === 0 ? replicaPrincipal(replicaId(id)) : role === 1 ? clientPrincipal(clientId(id)) : null;
  }

  #move(length: number): number {
    if (length > this.left) throw new RangeError("past the end");
    const from = this.#at;
    this.#at += length;
    return from;
  }
}
