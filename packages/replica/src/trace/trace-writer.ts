import type { ReplicaHappening } from "@bft/core";
import type { RingBounds } from "../ring.js";
import { RingFile } from "../ring-file.js";
import { traceNow } from "./clock.js";
import { type SegmentHeader, TRACE_VERSION } from "./format.js";
import { openFolder, TRACE_BOUNDS, traceRing } from "./segments.js";
import { AT_THE_BEGINNING, type Standing, standingAfter } from "./standing.js";

/** What is written down waits at most so long to be handed to the operating system. */
const FLUSH_MS = 100;
/** So much at once is handed over sooner. */
const CHUNK_BYTES = 128 << 10;
/** A disk that is slower than what happens: it is not waited for. */
const WAITING_BYTES_MAX = 32 << 20;

export interface TraceWriterOptions {
  readonly folder: string;
  readonly clusterId: string;
  readonly replica: number;
  /** Whether events are told at all, as the reader must know. */
  readonly traced: boolean;
  readonly boot: string | null;
  /** TRACE_BOUNDS unless given. */
  readonly bounds?: RingBounds;
  /** Called at most once, with the reason: from now on nothing is traced. */
  readonly onStopped: (error: unknown) => void;
}

interface Line {
  readonly text: string;
  /** So many records must be durable before this may be told: a trace never says what a crash can take back. */
  readonly needs: number;
  readonly segment: number;
}

/**
 * Writes one replica's trace into its folder, as segments of a bounded size, the oldest deleted. It is never waited for, and a
 * disk that fails ends the trace, not the replica. A process that is killed loses what it had for less than `FLUSH_MS`.
 */
export class TraceWriter {
  readonly #options: TraceWriterOptions;
  readonly #bounds: RingBounds;
  readonly #file: RingFile;
  #standing: Standing = AT_THE_BEGINNING;
  /** The segment that the next event goes into, and the bytes in it so far. */
  #segment = 0;
  #segmentBytes = 0;
  #recordsSeen = 0;
  #recordsDurable = 0;
  #lines: Line[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #stopped = false;

  constructor(options: TraceWriterOptions) {
    this.#options = options;
    this.#bounds = options.bounds ?? TRACE_BOUNDS;
    this.#file = new RingFile(traceRing(options.folder), this.#bounds);
    this.#trying(() => {
      const { next, lied } = openFolder(options.folder);
      this.#standing = { ...AT_THE_BEGINNING, lied };
      this.#begin(next, true);
    });
  }

  /** Notes that this happened now. */
  add(event: ReplicaHappening): void {
    this.#put(JSON.stringify({ at: traceNow(), ...event }));
    this.#standing = standingAfter(this.#standing, event);
  }

  /** How often messages were dropped since the process began, by reason. */
  addDropped(counts: Readonly<Record<string, number>>): void {
    this.#put(JSON.stringify({ dropped: counts }));
  }

  /** The replica has a record to write down: what it tells from now on waits until that is durable. */
  recordSeen(): void {
    this.#recordsSeen += 1;
  }

  recordsDurable(count: number): void {
    this.#recordsDurable += count;
  }

  /** Hands over what may be told. Resolves when that is done. */
  async flush(): Promise<void> {
    await this.#writing;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#lines.length > 0) this.#flushSoon();
    });
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#stop();
  }

  #put(line: string): void {
    if (this.#stopped) return;
    const text = `${line}\n`;
    if (this.#segmentBytes + Buffer.byteLength(text) > this.#bounds.segmentBytesMax) this.#begin(this.#segment + 1, false);
    this.#queue(text);
    if (this.#waitingBytes > WAITING_BYTES_MAX)
      return this.#fail(new Error(`${this.#waitingBytes} bytes wait for the disk, which is too slow`));
    if (this.#waitingBytes > CHUNK_BYTES && this.#writing === null) void this.flush();
    else this.#flushSoon();
  }

  #begin(segment: number, begins: boolean): void {
    const { clusterId, replica, boot, traced } = this.#options;
    const standing = this.#standing;
    const header: SegmentHeader = { version: TRACE_VERSION, clusterId, boot, replica, segment, begins, traced, standing };
    this.#segment = segment;
    this.#segmentBytes = 0;
    this.#queue(`${JSON.stringify(header)}\n`);
  }

  #queue(text: string): void {
    this.#lines.push({ text, needs: this.#recordsSeen, segment: this.#segment });
    this.#segmentBytes += Buffer.byteLength(text);
    this.#waitingBytes += text.length;
  }

  #flushSoon(): void {
    if (this.#timer !== null || this.#writing !== null || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, FLUSH_MS);
    this.#timer.unref();
  }

  async #writeAll(): Promise<void> {
    for (let chunk = this.#take(); chunk !== null; chunk = this.#take()) {
      try {
        await this.#file.write(chunk.segment, Buffer.from(chunk.text));
      } catch (error) {
        return this.#fail(error);
      }
    }
  }

  /** The next lines of one segment that may be told. */
  #take(): { readonly segment: number; readonly text: string } | null {
    const first = this.#lines[0];
    if (first === undefined || this.#stopped) return null;
    const { segment } = first;
    let end = 0;
    let text = "";
    for (const line of this.#lines) {
      if (line.segment !== segment || line.needs > this.#recordsDurable) break;
      text += line.text;
      end += 1;
    }
    if (end === 0) return null;
    this.#lines = this.#lines.slice(end);
    this.#waitingBytes -= text.length;
    return { segment, text };
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
    this.#lines = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#file.close();
  }
}
