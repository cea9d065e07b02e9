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

/** What is known of one client: every timestamp up to `floor` counts as executed, and those of `replies`. */
interface ClientRow {
  floor: number;
  /** In order of timestamp, at most `window`. */
  readonly replies: { readonly timestamp: number; readonly text: string }[];
  /** Timestamps whose replies are in the store. */
  saved: ReadonlySet<number>;
}

/**
 * Which requests of each client were executed, and their results (§4.1). It lives in the replicated store, so it is part
 * of the checkpoint digest and of state transfer; between two checkpoints it is kept beside the store, because most replies are
 * forgotten again before the next one.
 *
 * We differ: the paper keeps the last reply of each client, because its clients have one request outstanding; ours may have
 * `window`, so the table keeps the replies that the client may still ask for, at most `window`, and a floor: every timestamp up to it
 * counts as executed. A request says which is the oldest that its client waits for, so that the table holds little of most clients.
 */
export class ClientTable {
  readonly #store: Store;
  readonly #window: number;
  readonly #rows = new Map<ClientId, ClientRow>();
  /** Clients whose rows differ from what the store says. */
  readonly #changed = new Set<ClientId>();

  constructor(store: Store, window: number) {
    this.#store = store;
    this.#window = window;
  }

  executed(client: ClientId, timestamp: Timestamp): boolean {
    const row = this.#row(client);
    return timestamp <= row.floor || find(row, timestamp) !== undefined;
  }

  /** The reply to an executed request, or null when it is too old to be kept or was not executed. */
  cached(client: ClientId, timestamp: Timestamp): CachedReply | null {
    const found = find(this.#row(client), timestamp);
    if (found === undefined) return null;
    const [seq, results] = JSON.parse(found.text) as [SeqNum, [boolean, string | null][]];
    return { timestamp, seq, results: results.map(([ok, value]) => ({ ok, value })) };
  }

  /** @param oldest what the client still waits for: replies to earlier requests are not asked for again */
  record(client: ClientId, { timestamp, seq, results }: CachedReply, oldest: Timestamp): void {
    invariant(!this.executed(client, timestamp), "a request executes once");
    const row = this.#row(client);
    const text = JSON.stringify([seq, results.map(({ ok, value }) => [ok, value])]);
    const later = row.replies.findLastIndex((reply) => reply.timestamp < timestamp) + 1;
    row.replies.splice(later, 0, { timestamp, text });
    row.floor = Math.max(row.floor, oldest - 1);
    // A client that waits for more than it may: it loses the oldest.
    if (row.replies.length > this.#window) row.floor = Math.max(row.floor, row.replies[0]?.timestamp ?? 0);
    while (row.replies[0] !== undefined && row.replies[0].timestamp <= row.floor) row.replies.shift();
    this.#changed.add(client);
  }

  /** Writes to the store what has changed since the last time. */
  save(): void {
    for (const client of this.#changed) {
      const row = this.#row(client);
      const kept = new Set(row.replies.map(({ timestamp }) => timestamp));
      for (const timestamp of row.saved) if (!kept.has(timestamp)) this.#store.delete(replyKey(client, timestamp));
      for (const { timestamp, text } of row.replies)
        if (!row.saved.has(timestamp)) this.#store.put(replyKey(client, timestamp), text);
      this.#store.put(String(client), JSON.stringify([row.floor, row.replies.length]));
      row.saved = kept;
    }
    this.#changed.clear();
  }

  /** The store has another content now: what was known of the clients no longer holds. */
  forget(): void {
    this.#rows.clear();
    this.#changed.clear();
  }

  #row(client: ClientId): ClientRow {
    const known = this.#rows.get(client);
    if (known !== undefined) return known;
    const row = this.#load(client);
    this.#rows.set(client, row);
    return row;
  }

  #load(client: ClientId): ClientRow {
    const head = this.#store.get(String(client));
    const [floor] = head === undefined ? [0] : (JSON.parse(head) as [number, number]);
    // ':' comes after the digits
    const entries = this.#store.scan(`${client}/`, `${client}/:`, this.#window);
    const replies = entries.map(([key, text]) => ({ timestamp: Number(key.slice(key.indexOf("/") + 1)), text }));
    return { floor, replies, saved: new Set(replies.map(({ timestamp }) => timestamp)) };
  }
}

/** The latest are asked for most often. */
function find({ replies }: ClientRow, timestamp: number): { readonly text: string } | undefined {
  return replies.findLast((reply) => reply.timestamp === timestamp);
}

/** Padded to the 16 digits of 2^53, so that the order of keys is the order of timestamps. */
function replyKey(client: ClientId, timestamp: number): string {
  return `${client}/${String(timestamp).padStart(16, "0")}`;
}
