/**
 * Sequence numbers that are remembered below the highest. Replicas execute and vote inside windows of at most a thousand, so
 * what is further down can not be contradicted any more, and a long trace is judged in bounded memory.
 */
const SLOTS_KEPT = 10_000;

/** What is known by sequence number, for the highest of them. */
export class SlotMap<T> {
  readonly #slots = new Map<number, T>();
  #highest = 0;

  get(seq: number): T | undefined {
    return this.#slots.get(seq);
  }

  set(seq: number, value: T): void {
    this.#slots.set(seq, value);
    if (seq > this.#highest) this.#highest = seq;
    if (this.#slots.size <= 2 * SLOTS_KEPT) return;
    for (const each of this.#slots.keys()) if (each <= this.#highest - SLOTS_KEPT) this.#slots.delete(each);
  }

  entries(): IterableIterator<[number, T]> {
    return this.#slots.entries();
  }

  delete(seq: number): void {
    this.#slots.delete(seq);
  }
}

/** Requests that are remembered of one client; many times the largest window of outstanding ones. */
const REQUESTS_KEPT = 10_000;

/** What is known by client and timestamp, for the latest requests of each client. */
export class RequestMap<T> {
  readonly #clients = new Map<number, { readonly known: Map<number, T>; forgotten: number }>();

  get(client: number, timestamp: number): T | undefined {
    return this.#clients.get(client)?.known.get(timestamp);
  }

  /** True when this timestamp may have been known once. */
  forgot(client: number, timestamp: number): boolean {
    return timestamp <= (this.#clients.get(client)?.forgotten ?? Number.NEGATIVE_INFINITY);
  }

  set(client: number, timestamp: number, value: T): void {
    let of = this.#clients.get(client);
    if (of === undefined) {
      of = { known: new Map(), forgotten: Number.NEGATIVE_INFINITY };
      this.#clients.set(client, of);
    }
    of.known.set(timestamp, value);
    if (of.known.size <= REQUESTS_KEPT) return;
    for (const oldest of of.known.keys()) {
      of.known.delete(oldest);
      of.forgotten = Math.max(of.forgotten, oldest);
      return;
    }
  }

  delete(client: number, timestamp: number): void {
    this.#clients.get(client)?.known.delete(timestamp);
  }

  *values(): IterableIterator<[client: number, timestamp: number, value: T]> {
    for (const [client, { known }] of this.#clients) for (const [timestamp, value] of known) yield [client, timestamp, value];
  }
}

/** What is known by ballot or term, for the last `max` that came up. */
export class LatestMap<V> {
  readonly #known = new Map<number, V>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: number): V | undefined {
    return this.#known.get(key);
  }

  set(key: number, value: V): void {
    this.#known.set(key, value);
    if (this.#known.size <= this.#max) return;
    // A map keeps the order in which they came.
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }

  entries(): IterableIterator<[number, V]> {
    return this.#known.entries();
  }
}
