import type { DurableLog } from "@bft/net";

/** A log that knows for how long it was waited for. */
export class TimedLog implements DurableLog {
  readonly #log: DurableLog;
  #waitedMs = 0;

  constructor(log: DurableLog) {
    this.#log = log;
  }

  /** Milliseconds, since it was made, in which records were on their way to the disk. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  async append(records: readonly Uint8Array[], sync: boolean): Promise<void> {
    const began = performance.now();
    await this.#log.append(records, sync);
    this.#waitedMs += performance.now() - began;
  }
}
