import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
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
const MAGIC = 0x6266_7432;
/** Magic 4, length of the body 4, CRC-32 of what follows it 4, bytes of the file that were on the disk before 6. */
const HEADER_BYTES = 18;
const CHECKED_FROM = 12;

/** A disk that answers sooner is waited for in place: handing the wait to another thread and back costs as much again. */
const WAITED_FOR_MS = 1;
/** A disk that did not is tried again after so many groups. */
const GROUPS_BETWEEN_TRIES = 64;

/** What a log is made longer by, before there is something to fill it. */
const ROOM = new Uint8Array(256 << 10);
/** A group for which it is not worth it. */
const WITH_ROOM_BYTES_MAX = 64 << 10;

/** `fsync`: a record is on the disk before it counts. `buffered`: it is with the operating system, and survives the process only. */
export type Durability = "fsync" | "buffered";

/**
 * An append-only file of groups: a header, then records with their lengths. A crash can tear any of the groups since the last that was
 * synchronised, since a disk writes in its own order; each says in its header where those began. Zeros may follow the last group: room
 * for those to come.
 */
export class FileLog implements DurableLog {
  readonly #file: number;
  readonly #durability: Durability;
  /** Where the next group goes. */
  #end: number;
  /** Everything before this is on the disk, as far as that is wanted. */
  #durable: number;
  /** The file has at least so many bytes; those behind `#end` are zeros. */
  #bytes: number;
  /** Groups to be synchronised by another thread before the disk is waited for in place again. */
  #elsewhere = 0;

  private constructor(file: number, durability: Durability) {
    this.#file = file;
    this.#durability = durability;
    this.#end = fstatSync(file).size;
    this.#durable = this.#end;
    this.#bytes = this.#end;
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

  /** Opens a log to append to it; `readLog` has cut off what was torn, and the room. */
  static open(path: string, durability: Durability): FileLog {
    const file = openSync(path, "r+");
    if (durability === "fsync") fdatasyncSync(file);
    return new FileLog(file, durability);
  }

  /** Resolves when the records are with the operating system, and on the disk if `sync`. */
  append(records: readonly Uint8Array[], sync: boolean): Promise<void> {
    const group = encodeGroup(records, this.#durable);
    return new Promise((resolve, reject) => {
      try {
        if (this.#durability === "fsync" && sync) this.#makeRoom(group.length);
        writeAt(this.#file, group, this.#end);
        this.#end += group.length;
      } catch (error) {
        return reject(error);
      }
      const end = this.#end;
      if (this.#durability === "buffered") this.#durable = end;
      if (this.#durability === "buffered" || !sync) return resolve();
      this.#synchronise((error) => {
        if (error !== null) return reject(error);
        this.#durable = end;
        resolve();
      });
    });
  }

  /** To write over zeros changes nothing but them: a file that grows has its new length to be synchronised too. */
  #makeRoom(groupBytes: number): void {
    if (this.#end + groupBytes <= this.#bytes || groupBytes > WITH_ROOM_BYTES_MAX) return;
    const from = Math.max(this.#end, this.#bytes);
    writeAt(this.#file, ROOM, from);
    this.#bytes = from + ROOM.length;
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
 * All records of a log, in the order in which they were appended, and how many bytes of writes that did not finish were
 * cut off: nothing in them was ever said to anybody. What follows the last good group is gone from the file then.
 * @throws DamageError when a group is bad that had been synchronised: that is no torn write.
 */
export function readLog(path: string): { readonly records: readonly Uint8Array[]; readonly tornBytes: number } {
  const bytes = readFileSync(path);
  const { records, goodBytes } = readGroups(bytes);
  const tornBytes = lengthWithoutRoom(bytes, goodBytes) - goodBytes;
  if (bytes.length > goodBytes) {
    if (wasDurable(bytes, goodBytes)) throw new DamageError(`${path} is damaged at byte ${goodBytes}, before its end`);
    const file = openSync(path, "r+");
    ftruncateSync(file, goodBytes);
    fsyncSync(file);
    closeSync(file);
  }
  return { records, tornBytes };
}

function writeAt(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; )
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
}

/** @param durableBytes of the file, before this group */
function encodeGroup(records: readonly Uint8Array[], durableBytes: number): Uint8Array {
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
  group.writeUIntBE(durableBytes, CHECKED_FROM, 6);
  group.writeUInt32BE(crc32(group.subarray(CHECKED_FROM)), 8);
  return group;
}

interface Group {
  readonly body: Buffer;
  readonly durableBytes: number;
  readonly end: number;
}

/** The group at `at`, or null when there is none that is whole. */
function groupAt(bytes: Buffer, at: number): Group | null {
  if (at + HEADER_BYTES > bytes.length || bytes.readUInt32BE(at) !== MAGIC) return null;
  const length = bytes.readUInt32BE(at + 4);
  const end = at + HEADER_BYTES + length;
  if (end > bytes.length) return null;
  if (crc32(bytes.subarray(at + CHECKED_FROM, end)) !== bytes.readUInt32BE(at + 8)) return null;
  return { body: bytes.subarray(at + HEADER_BYTES, end), durableBytes: bytes.readUIntBE(at + CHECKED_FROM, 6), end };
}

function readGroups(bytes: Buffer): { readonly records: Uint8Array[]; readonly goodBytes: number } {
  const records: Uint8Array[] = [];
  let at = 0;
  for (let group = groupAt(bytes, at); group !== null; group = groupAt(bytes, at)) {
    const { body } = group;
    for (let in_ = 0; in_ < body.length; ) {
      const length = body.readUInt32BE(in_);
      records.push(body.subarray(in_ + 4, in_ + 4 + length));
      in_ += 4 + length;
    }
    at = group.end;
  }
  return { records, goodBytes: at };
}

/** Up to where there is something beside zeros, `from` at least. */
function lengthWithoutRoom(bytes: Buffer, from: number): number {
  let end = bytes.length;
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return end;
}

/** True when a later group says that what is bad at `bad` was on the disk already when it was written. */
function wasDurable(bytes: Buffer, bad: number): boolean {
  const magic = Buffer.alloc(4);
  magic.writeUInt32BE(MAGIC);
  for (let at = bytes.indexOf(magic, bad + 1); at >= 0; at = bytes.indexOf(magic, at + 1))
    if ((groupAt(bytes, at)?.durableBytes ?? 0) > bad) return true;
  return false;
}

/** A new file's name is durable only once its folder is. */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
