import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import type { DurableLog } from "@bft/net";
import { ClusterError, reasonOf, systemCode } from "./errors.js";

/** First bytes of each group, to find the next one behind a damaged place. */
const MAGIC = 0x6266_7431;
const HEADER_BYTES = 12;

/** What was found in a log file when it was opened. */
export interface OpenedLog {
  readonly log: FileLog;
  /** All records, in the order in which they were appended. */
  readonly records: readonly Uint8Array[];
  /** Bytes of a last write that did not finish, cut off; 0 when the file was whole. Nothing in them was ever said to anybody. */
  readonly tornBytes: number;
}

/**
 * An append-only file of groups, each written and synchronised as one: magic, length, CRC-32, then records with their
 * lengths. The next group is begun only after the last one is on the disk, so a crash can tear the last group only.
 */
export class FileLog implements DurableLog {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /**
   * Opens or makes the log, and cuts off a torn last group.
   * @throws ClusterError `log-damaged` when a group is bad that others follow: that is no torn write, and what the replica said is unknown.
   */
  static open(path: string): OpenedLog {
    const bytes = readIfThere(path);
    const { records, goodBytes } = readGroups(bytes);
    const tornBytes = bytes.length - goodBytes;
    if (tornBytes > 0 && groupFollows(bytes, goodBytes + 1))
      throw new ClusterError(
        "log-damaged",
        `${path} is damaged at byte ${goodBytes}, before its end, so what this replica has said is unknown; delete its folder ${dirname(path)} to let it fetch the state from the others`,
      );
    const file = openSync(path, "a", 0o600);
    if (tornBytes > 0) {
      const whole = openSync(path, "r+");
      ftruncateSync(whole, goodBytes);
      fsyncSync(whole);
      closeSync(whole);
    }
    syncFolder(dirname(path));
    return { log: new FileLog(file), records, tornBytes };
  }

  /** Resolves when the records are on the disk. */
  append(records: readonly Uint8Array[]): Promise<void> {
    const group = encodeGroup(records);
    return new Promise((resolve, reject) => {
      try {
        for (let written = 0; written < group.length; ) written += writeSync(this.#file, group, written);
      } catch (error) {
        return reject(error);
      }
      fdatasync(this.#file, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    closeSync(this.#file);
  }
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
  for (let at = bytes.indexOf(magic, from); at >= 0; at = bytes.indexOf(magic, at + 1)) if (groupAt(bytes, at) !== null) return true;
  return false;
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return Buffer.alloc(0);
    throw new ClusterError("log-damaged", `${path} can not be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** A new file's name is durable only once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
