import { mkdirSync } from "node:fs";
import type { Effect, Input, MessageBase } from "@bft/core";
import { type RingBounds, ringSegments } from "../ring.js";
import { RingFile } from "../ring-file.js";
import { bootId, traceNow } from "../trace/clock.js";
import { encodeBase, type RecordedBase } from "./base.js";
import { effectMark } from "./effect-mark.js";
import { encodeInput, encodeItem, ITEM, RECORDING_VERSION } from "./format.js";
import type { RecordingHeader } from "./header.js";

/** What one replica's recording may take on the disk, and a segment of it. */
export const RECORDING_BOUNDS: RingBounds = { segmentBytesMax: 8 << 20, totalBytesMax: 64 << 20, segmentsMax: 256 };
/** A larger base would leave no room for inputs. */
const BASE_SHARE = 0.5;
/** So much is handed to the operating system at once, and after this time at the latest. */
const CHUNK_BYTES = 256 << 10;
const FLUSH_MS = 100;
/** The disk is too slow when more inputs wait for it. */
const WAITING_BYTES_MAX = 16 << 20;

export interface RecordingOptions {
  readonly folder: string;
  readonly clusterId: string;
  readonly replica: number;
  readonly protocol: string;
  readonly base: RecordedBase;
  /** RECORDING_BOUNDS unless given. */
  readonly bounds?: RingBounds;
  /** Called at most once, with the reason: from now on nothing is recorded. */
  readonly onStopped: (error: unknown) => void;
}

/**
 * Writes down every input of a replica and by what its effects are known again, so that what it did can be done again. The replica never
 * waits for it, and never fails by it.
 */
export class RecordingWriter {
  readonly #options: RecordingOptions;
  readonly #bounds: RingBounds;
  readonly #file: RingFile;
  /** The number of the first segment of this process: what its life is called. */
  #life = 0;
  #segment = 0;
  #segmentBytes = 0;
  #inputs = 0;
  #waiting: { readonly segment: number; readonly bytes: Buffer }[] = [];
  #waitingBytes = 0;
  /** The base does not count: it is there before the disk had a chance. */
  #waitingBytesMax = WAITING_BYTES_MAX;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#bounds = options.bounds ?? RECORDING_BOUNDS;
    const ring = { folder: options.folder, ending: "rec" };
    this.#file = new RingFile(ring, this.#bounds);
    this.#trying(() => {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 });
      this.#life = (ringSegments(ring).at(-1) ?? -1) + 1;
      const base = encodeBase(options.base, this.#bounds.totalBytesMax * BASE_SHARE);
      this.#begin(this.#life, base === null ? "too-large" : "here");
      for (const item of base ?? []) this.#queue(item);
      this.#waitingBytesMax += this.#waitingBytes;
    });
  }

  /** To be called with each input in order, and with what the honest machine does on it. */
  add(input: Input<MessageBase>, honest: readonly Effect<MessageBase>[]): void {
    if (this.#stopped) return;
    const item = encodeInput(traceNow(), input, honest.map(effectMark));
    if (this.#segmentBytes + item.length > this.#bounds.segmentBytesMax) this.#begin(this.#segment + 1, "earlier");
    this.#inputs += 1;
    this.#queue(item);
    if (this.#waitingBytes > this.#waitingBytesMax)
      return this.#fail(new Error(`${this.#waitingBytes} bytes wait for the disk, which is too slow`));
    if (this.#waitingBytes > CHUNK_BYTES && this.#writing === null) void this.#flush();
    else this.#flushSoon();
  }

  async close(): Promise<void> {
    await this.#flush();
    this.#stop();
  }

  #begin(segment: number, base: RecordingHeader["base"]): void {
    const { clusterId, replica, protocol } = this.#options;
    const header: RecordingHeader = {
      version: RECORDING_VERSION,
      clusterId,
      replica,
      protocol,
      boot: bootId(),
      life: this.#life,
      base,
      inputsBefore: this.#inputs,
    };
    this.#segment = segment;
    this.#segmentBytes = 0;
    this.#queue(encodeItem(ITEM.header, Buffer.from(JSON.stringify(header))));
  }

  #queue(bytes: Buffer): void {
    this.#waiting.push({ segment: this.#segment, bytes });
    this.#segmentBytes += bytes.length;
    this.#waitingBytes += bytes.length;
  }

  #flushSoon(): void {
    if (this.#timer !== null || this.#writing !== null || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#flush();
    }, FLUSH_MS);
    this.#timer.unref();
  }

  async #flush(): Promise<void> {
    await this.#writing;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#waiting.length > 0) this.#flushSoon();
    });
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (let [first] = this.#waiting; first !== undefined && !this.#stopped; [first] = this.#waiting) {
      const { segment } = first;
      const others = this.#waiting.findIndex((each) => each.segment !== segment);
      const chunk = this.#waiting.splice(0, others < 0 ? this.#waiting.length : others);
      const bytes = Buffer.concat(chunk.map((each) => each.bytes));
      try {
        await this.#file.write(segment, bytes);
      } catch (error) {
        return this.#fail(error);
      }
      this.#waitingBytes -= bytes.length;
    }
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#stop();
    this.#options.onStopped(error);
  }

  #stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#file.close();
  }
}
