import type { ClientId, SeqNum, Timestamp } from "../ids.js";
import { invariant } from "../invariant.js";
import type { OperationResult } from "../machine.js";
import type { Store } from "../store/store.js";

/** A request that was executed, as the client table keeps it. */
export interface CachedReply {
  readonly timestamp: Timestamp;
  readonly seq: SeqNum;
  readonly results: readonly OperationResult[];
}

/**
 * Which requests of each client were executed, and their results (§4.1). It lives in the replicated store, so it is part
 * of the checkpoint digest and of state transfer.
 *
 * We differ: the paper keeps the last reply of each client, because its clients have one request outstanding; ours may have
 * `window`, so the table keeps the last `window` replies and a floor: every timestamp up to it counts as executed.
 */
export class ClientTable {
  readonly #store: Store;
  readonly #window: number;

  constructor(store: Store, window: number) {
    this.#store = store;
    this.#window = window;
  }

  executed(client: ClientId, timestamp: Timestamp): boolean {
    return timestamp <= this.#head(client).floor || this.#store.get(replyKey(client, timestamp)) !== undefined;
  }

  /** The reply to an executed request, or null when it is too old to be kept or was not executed. */
  cached(client: ClientId, timestamp: Timestamp): CachedReply | null {
    const text = this.#store.get(replyKey(client, timestamp));
    if (text === undefined) return null;
    const [seq, results] = JSON.parse(text) as [SeqNum, [boolean, string | null][]];
    return { timestamp, seq, results: results.map(([ok, value]) => ({ ok, value })) };
  }

  record(client: ClientId, reply: CachedReply): void {
    invariant(!this.executed(client, reply.timestamp), "a request executes once");
    const results = reply.results.map((result) => [result.ok, result.value]);
    this.#store.put(replyKey(client, reply.timestamp), JSON.stringify([reply.seq, results]));
    const { floor, kept } = this.#head(client);
    if (kept < this.#window) return this.#setHead(client, floor, kept + 1);
    const oldest = this.#store.scan(replyKey(client, 0), replyKey(client, Number.MAX_SAFE_INTEGER), 1)[0];
    invariant(oldest !== undefined, "a full window holds replies");
    this.#store.delete(oldest[0]);
    this.#setHead(client, Number(oldest[0].slice(oldest[0].indexOf("/") + 1)), kept);
  }

  #head(client: ClientId): { readonly floor: number; readonly kept: number } {
    const text = this.#store.get(String(client));
    const [floor, kept] = text === undefined ? [0, 0] : (JSON.parse(text) as [number, number]);
    return { floor, kept };
  }

  #setHead(client: ClientId, floor: number, kept: number): void {
    this.#store.put(String(client), JSON.stringify([floor, kept]));
  }
}

/** Padded to the 16 digits of 2^53, so that the order of keys is the order of timestamps. */
function replyKey(client: ClientId, timestamp: number): string {
  return `${client}/${String(timestamp).padStart(16, "0")}`;
}
