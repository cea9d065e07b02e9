import { toHex } from "../bytes.js";
import type { Digest } from "../ids.js";
import { copyBytes } from "../small-bytes.js";

/**
 * Reads a decoded array field by field and remembers the first thing that is not as expected. After a failure every read
 * returns a harmless value, so that a schema is one straight run of reads with one question at its end: `problem`.
 */
export class Reader {
  /** What was wrong first, or null. */
  problem: string | null = null;
  #values: readonly unknown[];
  #next = 0;

  constructor(value: unknown) {
    this.#values = [];
    if (Array.isArray(value)) this.#values = value;
    else this.problem = "an array was expected";
  }

  /** How many fields the array has. */
  get length(): number {
    return this.#values.length;
  }

  fail(problem: string): void {
    this.problem ??= problem;
  }

  /** An integer 0 .. 2^53-1. */
  integer(what: string, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.#take();
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0 && number <= max) return number;
    this.fail(`${what}: an integer 0 .. ${max} was expected`);
    return 0;
  }

  boolean(what: string): boolean {
    const value = this.#take();
    if (typeof value === "boolean") return value;
    this.fail(`${what}: true or false was expected`);
    return false;
  }

  text(what: string, lengthMax: number): string {
    const value = this.#take();
    if (typeof value === "string" && value.length <= lengthMax) return value;
    this.fail(`${what}: a text of at most ${lengthMax} characters was expected`);
    return "";
  }

  textOrNull(what: string, lengthMax: number): string | null {
    return this.#isNull() ? null : this.text(what, lengthMax);
  }

  /** A copy, so that what is kept does not pin the frame it came in. */
  bytes(what: string, lengthMax: number): Uint8Array {
    const value = this.#take();
    if (value instanceof Uint8Array && value.length <= lengthMax) return copyBytes(value);
    this.fail(`${what}: at most ${lengthMax} bytes were expected`);
    return new Uint8Array(0);
  }

  bytesOfLength(what: string, length: number): Uint8Array {
    const bytes = this.bytes(what, length);
    if (bytes.length === length) return bytes;
    this.fail(`${what}: ${length} bytes were expected`);
    return new Uint8Array(length);
  }

  digest(what: string): Digest {
    return toHex(this.bytesOfLength(what, 32)) as Digest;
  }

  /** A nested array of at most `countMax` items, each read by `item`. A failure inside is a failure here. */
  list<T>(what: string, countMax: number, item: (value: unknown, reader: Reader) => T): readonly T[] {
    const value = this.#take();
    if (!Array.isArray(value) || value.length > countMax) {
      this.fail(`${what}: an array of at most ${countMax} items was expected`);
      return [];
    }
    const items: T[] = [];
    for (const each of value) {
      if (this.problem !== null) return [];
      items.push(item(each, this));
    }
    return items;
  }

  listOrNull<T>(what: string, countMax: number, item: (value: unknown, reader: Reader) => T): readonly T[] | null {
    return this.#isNull() ? null : this.list(what, countMax, item);
  }

  /** A nested array with fields of its own. */
  nested<T>(value: unknown, read: (inner: Reader) => T): T {
    const inner = new Reader(value);
    const result = read(inner);
    inner.end();
    if (inner.problem !== null) this.fail(inner.problem);
    return result;
  }

  next(): unknown {
    return this.#take();
  }

  /** All fields must have been read. */
  end(): void {
    if (this.#next !== this.#values.length) this.fail(`${this.#next} fields were expected, ${this.#values.length} came`);
  }

  /** Takes the next field if it is null. */
  #isNull(): boolean {
    const isNull = this.#values[this.#next] === null;
    if (isNull) this.#next += 1;
    return isNull;
  }

  #take(): unknown {
    if (this.#next >= this.#values.length) this.fail(`field ${this.#next + 1} is missing`);
    return this.#values[this.#next++];
  }
}
