import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import type { DurableLog } from "@bft/net";

/** First bytes of each group, to find the next one behind a damaged place. */
const MAGIC = 0x6266_7431;
const HEADER_BYTES = 12;

/** A disk that answers sooner is waited for in place: handing the wait to another thread and back costs as much again. */
const WAITED_FOR_MS = 1;
/** A disk that did not is tried again after so many groups. */
const GROUPS_BETWEEN_TRIES = 64;

/** `fsync`: a record is on the disk before it counts. `buffered`: it is with the operating system, and survives the process only. */
export type Durability = "fsync" | "buffered";

/**
 * An append-only file of groups, each written and synchronised as one: magic, length, CRC-32, then records with their
 * lengths. The next group is begun only after the last one is on the disk, so a crash can tear the last group only.
 */
export class FileLog implements DurableLog {
  readonly #file: number;
  readonly #durability: Durability;
  /** Groups to be synchronised by another thread before the disk is waited for in place again. */
  #elsewhere = 0;

  private constructor(file: number, durability: Durability) {
    this.#file = file;
    this.#durability = durability;
  }

  /**
   * Makes a new log that begins with `records`; they and the file's name are durable when this resolves. The file gets its name
   * when they are in it: a crash leaves all of them or no log, never one that looks as if nothing had been written yet. A file that
   * is there under this name was left by a crash before it counted, and is replaced.
   */
  static async create(path: string, records: readonly Uint8Array[], durability: Durability): Promise<FileLog> {
    const unnamed = `${path}.new`;
    const log = new FileLog(openSync(unnamed, "w", 0o600), durability);
    if (records.length > 0) await log.append(records, true);
    renameSync(unnamed, path);
    syncFolder(dirname(path));
    return log;
  }

  /** Opens a log to append to it; `readLog` has cut off what was torn. */
  static open(path: string, durability: Durability): FileLog {
    return new FileLog(openSync(path, "a", 0o600), durability);
  }

  /** Resolves when the records are with the operating system, and on the disk if `sync`. */
  append(records: readonly Uint8Array[], sync: boolean): Promise<void> {
    const group = encodeGroup(records);
    return new Promise((resolve, reject) => {
      try {
        for (let written = 0; written < group.length; ) written += writeSync(this.#file, group, written);
      } catch (error) {
        return reject(error);
      }
      if (this.#durability === "buffered" || !sync) return resolve();
      this.#synchronise((error) => (error === null ? resolve() : reject(error)));
    });
  }

  #synchronise(done: (error: Error | null) => void): void {
    if (this.#elsewhere > 0) {
      this.#elsewhere -= 1;
      return fdatasync(this.#file, done);
    }
    const began = performance.now();
    try {
      fdatasyncSync(this.#file);
    } catch (error) {
      return done(error as Error);
    }
    if (performance.now() - began > WAITED_FOR_MS) this.#elsewhere = GROUPS_BETWEEN_TRIES;
    done(null);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A file is damaged in a way that no crash of ours explains. The message says where. */
export class DamageError extends Error {
  override readonly name = "DamageError";
}

/**
 * All records of a log, in the order in which they were appended, and how many bytes of a last write that did not finish were
 * cut off: nothing in them was ever said to anybody.
 * @throws DamageError when a group is bad that others follow: that is no torn write.
 */
export function readLog(path: string): { readonly records: readonly Uint8Array[]; readonly tornBytes: number } {
  const bytes = readFileSync(path);
  const { records, goodBytes } = readGroups(bytes);
  const tornBytes = bytes.length - goodBytes;
  if (tornBytes > 0) {
    if (groupFollows(bytes, goodBytes + 1)) throw new DamageError(`${path} is damaged at byte ${goodBytes}, before its end`);
    const file = openSync(path, "r+");
    ftruncateSync(file, goodBytes);
    fsyncSync(file);
    closeSync(file);
  }
  return { records, tornBytes };
}

function encodeGroup(records: readonly Uint8Array[]): Uint8Array {
  let length = HEADER_BYTES;
  for (const record of records) length += 4 + record.length;
  const group = Buffer.allocUnsafe(length);
  let at = HEADER_BYTES;
  for (const record of records) {
    at = group.writeUInt32BE(record.length, at);
    group.set(record, at);
    at += record.length;
  }
  group.writeUInt32BE(MAGIC, 0);
  group.writeUInt32BE(length - HEADER_BYTES, 4);
  group.writeUInt32BE(crc32(group.subarray(HEADER_BYTES)), 8);
  return group;
}

/** The group at `at`, or null when there is none that is whole. */
function groupAt(bytes: Buffer, at: number): Buffer | null {
  if (at + HEADER_BYTES > bytes.length || bytes.readUInt32BE(at) !== MAGIC) return null;
  const length = bytes.readUInt32BE(at + 4);
  const end = at + HEADER_BYTES + length;
  if (end > bytes.length) return null;
  const body = bytes.subarray(at + HEADER_BYTES, end);
  return crc32(body) === bytes.readUInt32BE(at + 8) ? body : null;
}

function readGroups(bytes: Buffer): { readonly records: Uint8Array[]; readonly goodBytes: number } {
  const records: Uint8Array[] = [];
  let at = 0;
  for (let body = groupAt(bytes, at); body !== null; body = groupAt(bytes, at)) {
    for (let in_ = 0; in_ < body.length; ) {
      const length = body.readUInt32BE(in_);
      records.push(body.subarray(in_ + 4, in_ + 4 + length));
      in_ += 4 + length;
    }
    at += HEADER_BYTES + body.length;
  }
  return { records, goodBytes: at };
}

/** True when a whole group begins anywhere at or after `from`. */
function groupFollows(bytes: Buffer, from: number): boolean {
  const magic = Buffer.alloc(4);
  magic.writeUInt32BE(MAGIC);
  for (let at = bytes.indexOf(magic, from); at >= 0; at = bytes.indexOf(magic, at + 1))
    if (groupAt(bytes, at) !== null) return true;
  return false;
}

/** A new file's name is durable only once its folder is. */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
