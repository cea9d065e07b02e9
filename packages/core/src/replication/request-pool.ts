import type { ClientId, ReplicaId, Timestamp } from "../ids.js";
import type { RequestName, Signed } from "../machine.js";
import type { Request } from "./messages.js";

interface Waiting {
  readonly request: Signed<Request>;
  /** Whose quota it counts against: the client's own, or that of the replica that relayed it. */
  readonly via: string;
  /** The client itself handed it to this replica, so it waits for its reply. */
  fromClient: boolean;
  /** Part of a pre-prepare of the current view already. */
  proposed: boolean;
  /** Intervals in a row that it has waited in this view while nothing was proposed; no more are counted than make it late. */
  intervals: number;
}

/** A request is late after that many intervals: it may have come in the midst of the first. */
const LATE_INTERVALS = 2;

/** Names a request: a client uses each timestamp once. */
export type RequestKey = string;

export function requestKey(request: { readonly client: ClientId; readonly timestamp: Timestamp }): RequestKey {
  return `${request.client}/${request.timestamp}`;
}

export interface BatchLimits {
  readonly operationsMax: number;
  readonly bytesMax: number;
  /** Whether batches were proposed that are not executed yet. */
  readonly othersInFlight: boolean;
}

/**
 * Verified client requests that are not executed yet, oldest first. Bounded by `quota` requests for each client and each
 * way they came: what a client sends itself and what each replica relays for it. So a client that floods the primary can
 * not keep out the request that the backups are waiting for, and no client can make correct backups depose it.
 */
export class RequestPool {
  readonly #waiting = new Map<RequestKey, Waiting>();
  readonly #counts = new Map<string, number>();
  readonly #quota: number;
  /** Requests that are in no pre-prepare yet. */
  #unproposed = 0;
  /** Requests in the last batch. */
  #lastTaken = 0;

  constructor(quota: number) {
    this.#quota = quota;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(key: RequestKey): boolean {
    return this.#waiting.has(key);
  }

  get(key: RequestKey): Signed<Request> | null {
    return this.#waiting.get(key)?.request ?? null;
  }

  full(client: ClientId, relayedBy: ReplicaId | null): boolean {
    return (this.#counts.get(via(client, relayedBy)) ?? 0) >= this.#quota;
  }

  /** The caller has checked `has` and `full`. */
  add(request: Signed<Request>, relayedBy: ReplicaId | null): void {
    const source = via(request.message.client, relayedBy);
    this.#waiting.set(requestKey(request.message), {
      request,
      via: source,
      fromClient: relayedBy === null,
      proposed: false,
      intervals: 0,
    });
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
    this.#unproposed += 1;
  }

  /** What was relayed before came from the client itself. */
  markFromClient(key: RequestKey): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) waiting.fromClient = true;
  }

  isFromClient(key: RequestKey): boolean {
    return this.#waiting.get(key)?.fromClient ?? false;
  }

  remove(key: RequestKey): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    if (!waiting.proposed) this.#unproposed -= 1;
    const count = (this.#counts.get(waiting.via) ?? 1) - 1;
    if (count === 0) this.#counts.delete(waiting.via);
    else this.#counts.set(waiting.via, count);
  }

  /** The request that has waited longest, or null. */
  oldest(): RequestKey | null {
    return this.#waiting.keys().next().value ?? null;
  }

  /** All that wait, oldest first. */
  *requests(): IterableIterator<Signed<Request>> {
    for (const { request } of this.#waiting.values()) yield request;
  }

  /** An interval has passed; `idle`: one in which nothing was proposed. */
  age(idle: boolean): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.proposed || waiting.intervals >= LATE_INTERVALS) continue;
      waiting.intervals = idle ? waiting.intervals + 1 : 0;
    }
  }

  /** Whether the request has waited for two idle intervals in a row, in this view. */
  isLate(key: RequestKey): boolean {
    return (this.#waiting.get(key)?.intervals ?? 0) >= LATE_INTERVALS;
  }

  /** The oldest that wait, by name. */
  oldestNames(max: number): readonly RequestName[] {
    const names: RequestName[] = [];
    for (const { message } of this.requests()) {
      if (names.length === max) break;
      names.push({ client: message.client, timestamp: message.timestamp });
    }
    return names;
  }

  /**
   * The oldest requests that are in no pre-prepare yet, as many as fit; they count as proposed from now on. While earlier batches are
   * on their way, none that is smaller than the last one: few requests wait for more, and the more there are the larger batches grow.
   */
  take({ operationsMax, bytesMax, othersInFlight }: BatchLimits): readonly Signed<Request>[] {
    if (othersInFlight && this.#unproposed < this.#lastTaken) return [];
    const taken: Signed<Request>[] = [];
    let operations = 0;
    let bytes = 0;
    for (const waiting of this.#waiting.values()) {
      if (waiting.proposed) continue;
      const { message, payload } = waiting.request;
      operations += message.operations.length;
      bytes += payload.length + 80;
      if (taken.length > 0 && (operations > operationsMax || bytes > bytesMax)) break;
      waiting.proposed = true;
      taken.push(waiting.request);
    }
    this.#unproposed -= taken.length;
    this.#lastTaken = taken.length;
    return taken;
  }

  markProposed(key: RequestKey): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || waiting.proposed) return;
    waiting.proposed = true;
    this.#unproposed -= 1;
  }

  /** Forgets all: who does not lead keeps none. */
  clear(): void {
    this.#waiting.clear();
    this.#counts.clear();
    this.#unproposed = 0;
  }

  /** A new view has proposed nothing yet. */
  clearProposed(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.proposed = false;
      waiting.intervals = 0;
    }
    this.#unproposed = this.#waiting.size;
  }
}

function via(client: ClientId, relayedBy: ReplicaId | null): string {
  return relayedBy === null ? `${client}` : `${client} by ${relayedBy}`;
}
