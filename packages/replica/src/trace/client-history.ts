import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { ClientHappening, OperationResult } from "@bft/core";
import { bootId, traceNow } from "./clock.js";
import { type HistoryHeader, historyFile, TRACE_VERSION } from "./format.js";

/** What all histories of a cluster may take on the disk together. */
const HISTORY_BYTES_MAX = 64 << 20;
/** To say over the bound that it is reached. */
const SPARE_BYTES = 64 << 10;
/** After so many bytes of its own a client looks again at how much there is. */
const MEASURE_BYTES = 1 << 20;
/** Answers wait at most so long: one that is lost with its process makes its operation indeterminate, which is true. */
const FLUSH_MS = 100;

export interface ClientHistoryOptions {
  readonly folder: string;
  readonly clusterId: string;
  readonly client: number;
  /** How it lies: nothing else that it says of itself is worth writing down. Null for an honest one. */
  readonly behaviour: string | null;
  /** HISTORY_BYTES_MAX unless given. */
  readonly bytesMax?: number;
}

/**
 * Writes down what one client asks for and is told, after what others wrote who had its identity before. What it asks for is
 * with the operating system before the request can leave. A disk that fails ends the history, not the client; so does the bound.
 */
export class ClientHistory {
  readonly #folder: string;
  readonly #bytesMax: number;
  readonly #client: number;
  #fd: number | null = null;
  #waiting = "";
  /** Time of the first line that waits. */
  #waitingFrom = traceNow();
  #timer: NodeJS.Timeout | null = null;
  /** Bytes that may be written before the folder is measured again. */
  #allowance = 0;

  constructor({ folder, clusterId, client, behaviour, bytesMax = HISTORY_BYTES_MAX }: ClientHistoryOptions) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
    this.#client = client;
    const header: HistoryHeader = { version: TRACE_VERSION, clusterId, boot: bootId(), client };
    this.#trying(() => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (bytesIn(folder) > bytesMax + SPARE_BYTES) return;
      this.#fd = openAtLine(join(folder, historyFile(client)));
      writeWhole(this.#fd, `${JSON.stringify(header)}\n`);
      if (behaviour === null) return;
      this.#put({ kind: "client-behaves", client, behaviour });
      this.close();
    });
  }

  /** `operations`, `readOnly` as they are signed. To be called before the request is sent. */
  invoked(timestamp: number, request: { readonly operations: readonly string[]; readonly readOnly: boolean }): void {
    const { operations, readOnly } = request;
    this.#put({ kind: "invoked", client: this.#client, timestamp, operations, readOnly });
    this.#flush();
  }

  /** To be called in the same turn of the event loop in which the request is sent again. */
  fellBack(from: number, timestamp: number): void {
    this.#put({ kind: "fell-back", client: this.#client, from, timestamp });
    this.#flush();
  }

  answered(answer: { readonly timestamp: number; readonly seq: number; readonly results: readonly OperationResult[] }): void {
    const { timestamp, seq, results } = answer;
    this.#put({ kind: "answered", client: this.#client, timestamp, seq, results });
    if (this.#fd === null || this.#timer !== null) return;
    this.#timer = setTimeout(() => this.#flush(), FLUSH_MS);
    this.#timer.unref();
  }

  close(): void {
    this.#flush();
    this.#end();
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#waiting;
    this.#waiting = "";
    if (text !== "") this.#trying(() => this.#write(text));
  }

  #put(event: ClientHappening): void {
    if (this.#fd === null) return;
    const at = traceNow();
    if (this.#waiting === "") this.#waitingFrom = at;
    this.#waiting += `${JSON.stringify({ at, ...event })}\n`;
  }

  #write(text: string): void {
    if (this.#fd === null) return;
    const bytes = Buffer.byteLength(text);
    if (bytes > this.#allowance) {
      const left = this.#bytesMax - bytesIn(this.#folder);
      if (bytes > left) return this.#endAt(this.#fd);
      this.#allowance = Math.min(left, bytes + MEASURE_BYTES);
    }
    this.#allowance -= bytes;
    writeWhole(this.#fd, text);
  }

  /** Said in the file: who reads it must know from when on this client may have done more. */
  #endAt(fd: number): void {
    writeWhole(fd, `${JSON.stringify({ ended: this.#waitingFrom })}\n`);
    this.#end();
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch {
      this.#end();
    }
  }

  #end(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#waiting = "";
  }
}

/** Opens a file to append whole lines: one that a killed process did not finish is ended first. */
function openAtLine(path: string): number {
  const fd = openSync(path, "a+", 0o600);
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== "\n") writeWhole(fd, "\n");
  return fd;
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

function bytesIn(folder: string): number {
  let sum = 0;
  for (const name of readdirSync(folder)) sum += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return sum;
}
