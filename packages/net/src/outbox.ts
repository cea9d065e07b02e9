/** Where a host makes records durable. */
export interface DurableLog {
  /**
   * Appends `records` in order, after all earlier ones. Returns nothing when they are durable already, else a promise that resolves once they
   * are: on the disk when `sync` says so, with the operating system otherwise. Called again only after that. A failure is fatal for the host:
   * it can no longer keep its word.
   */
  append(records: readonly Uint8Array[], sync: boolean): Promise<void> | void;
}

/**
 * Group commit: what a machine says leaves only after the records that precede it are durable, in order. While an append is under
 * way, records gather for the next one.
 */
export class Outbox<Out> {
  readonly #log: DurableLog;
  readonly #release: (outs: readonly Out[]) => void;
  readonly #onError: (error: unknown) => void;
  /** Settles when the append that is under way ends; null when none is. */
  #appending: Promise<void> | null = null;
  /** Waits for the append under way only. */
  #early: Out[] = [];
  #records: Uint8Array[] = [];
  #sync = false;
  /** Waits for `#records` too. */
  #late: Out[] = [];
  #inFlight: readonly Out[] = [];
  #closed = false;

  constructor(log: DurableLog, release: (outs: readonly Out[]) => void, onError: (error: unknown) => void) {
    this.#log = log;
    this.#release = release;
    this.#onError = onError;
  }

  /** How many things wait for the log. */
  get waiting(): number {
    return this.#inFlight.length + this.#early.length + this.#records.length + this.#late.length;
  }

  /** Takes what one turn gave: `outs` leave after `records`, which are on the disk then if `sync`, and after everything added before. */
  add(records: readonly Uint8Array[], sync: boolean, outs: readonly Out[]): void {
    if (this.#closed) return;
    if (this.#appending === null) return this.#commit(records, sync, outs);
    if (records.length === 0 && this.#records.length === 0) {
      for (const out of outs) this.#early.push(out);
    } else {
      for (const record of records) this.#records.push(record);
      this.#sync ||= sync;
      for (const out of outs) this.#late.push(out);
    }
  }

  /** Nothing leaves any more; resolved when the log is no longer in use. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#appending;
  }

  #commit(records: readonly Uint8Array[], sync: boolean, outs: readonly Out[]): void {
    if (records.length === 0) return this.#release(outs);
    let appended: Promise<void> | void;
    try {
      appended = this.#log.append(records, sync);
    } catch (error) {
      return this.#onError(error);
    }
    if (appended === undefined) return this.#release(outs);
    this.#inFlight = outs;
    this.#appending = appended.then(
      () => this.#onDurable(),
      (error: unknown) => {
        this.#appending = null;
        this.#onError(error);
      },
    );
  }

  #onDurable(): void {
    this.#appending = null;
    if (this.#closed) return;
    const outs = [...this.#inFlight, ...this.#early];
    const records = this.#records;
    const sync = this.#sync;
    const late = this.#late;
    this.#inFlight = [];
    this.#early = [];
    this.#records = [];
    this.#sync = false;
    this.#late = [];
    this.#release(outs);
    if (!this.#closed) this.#commit(records, sync, late);
  }
}
