import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Of one history at most so much is read at once: under load the latest of it is enough for a median. */
const READ_BYTES_MAX = 64 << 10;
/** Requests of one client that are waited for. */
const WAITING_MAX = 2000;

/** How far one client's history is read. */
interface Reading {
  readonly offset: number;
  /** The beginning of a line that was not finished. */
  readonly rest: string;
  /** When each request that has no answer yet was handed in, by its timestamp. */
  readonly waiting: Map<number, number>;
}

/**
 * How long requests take: from handing one in to enough equal replies, as the clients on this machine write it down in the
 * cluster's `history` folder (docs/history-format.md). What was there before is not told.
 */
export class RoundTrips {
  readonly #folder: string;
  readonly #readings = new Map<string, Reading>();
  #first = true;
  #busy = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Milliseconds that each request took which was answered since the last call. Never fails: what can not be read is not told; nor
   * is anything while a call before this one still reads.
   */
  async next(): Promise<readonly number[]> {
    if (this.#busy) return [];
    this.#busy = true;
    try {
      return await this.#readAll();
    } finally {
      this.#busy = false;
    }
  }

  async #readAll(): Promise<readonly number[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const took: number[] = [];
    for (const name of names) if (name.endsWith(".jsonl")) took.push(...(await this.#read(name).catch(() => [])));
    this.#first = false;
    return took;
  }

  async #read(name: string): Promise<readonly number[]> {
    const file = await open(join(this.#folder, name), "r");
    try {
      const { size } = await file.stat();
      const before = this.#readings.get(name) ?? { offset: this.#first ? size : 0, rest: "", waiting: new Map<number, number>() };
      const from = Math.max(before.offset > size ? 0 : before.offset, size - READ_BYTES_MAX);
      if (from === size && before.offset === size) {
        this.#readings.set(name, before);
        return [];
      }
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const text = buffer.toString("utf8", 0, bytesRead);
      // Where something was skipped, the first line has lost its beginning and is no JSON.
      const lines = (from === before.offset ? before.rest + text : text).split("\n");
      const rest = lines.pop() ?? "";
      this.#readings.set(name, { offset: from + bytesRead, rest: rest.slice(-READ_BYTES_MAX), waiting: before.waiting });
      return lines.flatMap((line) => answered(before.waiting, line));
    } finally {
      await file.close();
    }
  }
}

/** What a line of a history adds: one that answers a request, how long that took. */
function answered(waiting: Map<number, number>, line: string): readonly number[] {
  const said = parsed(line);
  if (said === null) return [];
  const { at, kind, timestamp, from } = said;
  if (typeof at !== "number" || typeof timestamp !== "number") return [];
  if (kind === "invoked") waiting.set(timestamp, at);
  // A read that got no quorum is asked again: for the client that is one wait.
  if (kind === "fell-back" && typeof from === "number") waiting.set(timestamp, waiting.get(from) ?? at);
  const [oldest] = waiting.keys();
  if (waiting.size > WAITING_MAX && oldest !== undefined) waiting.delete(oldest);
  if (kind !== "answered") return [];
  const since = waiting.get(timestamp);
  waiting.delete(timestamp);
  return since === undefined || at < since ? [] : [at - since];
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
