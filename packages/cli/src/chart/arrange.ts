import type { TraceEvent } from "@bft/core";
import type { RowTopic } from "./bands.js";
import { Ranks, stationOf } from "./ranks.js";
import { requestKey } from "./scope.js";

/** An event with the row that it happens in. */
export interface Placed {
  readonly event: TraceEvent;
  readonly row: number;
}

const WORLD = "the world";

export interface Arranged {
  readonly placed: readonly Placed[];
  /** What each row is about. */
  readonly topics: readonly RowTopic[];
}

interface Item {
  readonly event: TraceEvent;
  readonly rank: number;
  /** It belongs to the moment of the one before: it follows from it, or is sent together with it. */
  readonly attached: boolean;
  /** What must have been sent in an earlier row. */
  readonly needs: readonly string[];
}

/**
 * Puts events, given in causal order, into rows: each process has at most one message a row, a message arrives in a later row than it is
 * sent in, and each process keeps its own order. Where the order is free, phases are kept together, as in the paper's figures, so
 * that a chart does not show by chance who was some microseconds ahead.
 * @param seqs the charted slots
 */
export function arranged(events: readonly TraceEvent[], seqs: ReadonlySet<number>): Arranged {
  const ranks = new Ranks(events, seqs);
  const queues = queuesOf(events, ranks);
  const topics: RowTopic[] = [];
  const rowOfSending = new Map<string, number>();
  const placed: Placed[] = [];
  /** How far each station has come. */
  const stages = new Map<number, number>();
  const isLate = ({ rank }: Item) => rank < (stages.get(stationOf(rank)) ?? 0);
  const place = (item: Item, row: number) => {
    placed.push({ event: item.event, row });
    stages.set(stationOf(item.rank), Math.max(item.rank, stages.get(stationOf(item.rank)) ?? 0));
    for (const name of given(item.event)) if (!rowOfSending.has(name)) rowOfSending.set(name, row);
  };
  const isReady = ({ needs }: Item, row: number) =>
    needs.every((name) => (rowOfSending.get(name) ?? Number.POSITIVE_INFINITY) < row);
  for (let row = 0; ; row++) {
    const heads = queues.filter((queue) => queue.head !== null);
    if (heads.length === 0) return { placed, topics };
    const first = best(heads.filter(({ head }) => head !== null && isReady(head, row)));
    const rank = first.head?.rank ?? 0;
    const stage = Math.max(rank, stages.get(stationOf(rank)) ?? 0);
    topics.push(ranks.topicAt(stage));
    // What comes late needs no row of its own.
    const goesWith = (item: Item) => item.rank === rank || item.rank === stage || isLate(item);
    for (const queue of [first, ...heads.filter((each) => each !== first)]) {
      const { head } = queue;
      if (head === null || (queue !== first && (!goesWith(head) || !isReady(head, row)))) continue;
      place(head, row);
      queue.next();
      for (let own = queue.head; own?.attached; own = queue.head) {
        place(own, row);
        queue.next();
      }
    }
  }
}

/** One process's events that are not in a row yet. */
class Queue {
  readonly #items: Item[] = [];
  #first = 0;

  get head(): Item | null {
    return this.#items[this.#first] ?? null;
  }

  get last(): Item | null {
    return this.#items.at(-1) ?? null;
  }

  add(item: Item): void {
    // A batch is executed before its replies leave, though the effects of that step come in another order.
    let at = this.#items.length;
    const { event } = item;
    if (event.kind === "executed") while (at > 0 && isReplyOf(this.#items[at - 1]?.event, event.seq)) at -= 1;
    this.#items.splice(at, 0, item);
  }

  next(): void {
    this.#first += 1;
  }
}

function isReplyOf(event: TraceEvent | undefined, seq: number): boolean {
  return event?.kind === "replied" && event.seq === seq;
}

function queuesOf(events: readonly TraceEvent[], ranks: Ranks): readonly Queue[] {
  const queues = new Map<string, Queue>();
  const replies = new Map<string, string[]>();
  const sent = new Set<string>();
  let now = 0;
  for (const event of events) {
    // It happens to a message, not to a process.
    if (event.kind === "lost") continue;
    const own = ranks.of(event);
    if (own !== null) now = Math.max(now, own);
    if (event.kind === "replied") {
      const key = requestKey(event.client, event.timestamp);
      replies.set(key, [...(replies.get(key) ?? []), event.id]);
    }
    const process = processOf(event);
    const queue = queues.get(process) ?? new Queue();
    queues.set(process, queue);
    const goesOn = event.kind === "sent" && queue.last?.event.kind === "sent" && queue.last.rank === (own ?? now);
    // What is sent only later in this order, as a liar may tell, is not waited for: so there is always somebody who can go on.
    const needs = needed(event, replies).filter((name) => sent.has(name));
    for (const name of given(event)) sent.add(name);
    queue.add({ event, rank: own ?? now, attached: goesOn || isAttached(event), needs });
  }
  return [...queues.values()];
}

function processOf(event: TraceEvent): string {
  if ("replica" in event) return `replica ${event.replica}`;
  if ("client" in event) return `client ${event.client}`;
  return event.kind === "delivered" ? event.to : WORLD;
}

function isAttached({ kind }: TraceEvent): boolean {
  switch (kind) {
    case "executed":
    case "view-entered":
    case "checkpoint-stable":
    case "state-installed":
    case "evidence":
    case "view-change-started":
      return true;
    default:
      return false;
  }
}

/** What an event sends, by name; a message also by who sends it to whom, as others may pass it on. */
function given(event: TraceEvent): readonly string[] {
  switch (event.kind) {
    case "sent":
    case "relayed":
      return event.to.flatMap((to) => [`${event.id} to ${to}`, `${event.id} from replica ${event.replica} to ${to}`]);
    case "replied":
      return [event.id];
    case "invoked":
    case "fell-back":
      return [requestKey(event.client, event.timestamp)];
    default:
      return [];
  }
}

/** `replies`: those to each request that came before this event. */
function needed(event: TraceEvent, replies: ReadonlyMap<string, readonly string[]>): readonly string[] {
  switch (event.kind) {
    case "took": {
      const isFromClient = event.timestamp !== null && event.via === event.signer;
      return [isFromClient ? `${event.signer}#${event.timestamp}` : `${event.id} from ${event.via} to ${event.replica}`];
    }
    case "dropped":
      return event.id === null ? [] : [`${event.id} to ${event.replica}`];
    case "delivered":
      return [event.id];
    case "answered":
      return replies.get(requestKey(event.client, event.timestamp)) ?? [];
    default:
      return [];
  }
}

function best(queues: readonly Queue[]): Queue {
  const [first, ...others] = queues;
  if (first === undefined) throw new RangeError("there is a queue that is not empty");
  return others.reduce((a, b) => (isBefore(b.head, a.head) ? b : a), first);
}

function isBefore(a: Item | null, b: Item | null): boolean {
  if (a === null || b === null) return b === null;
  return a.rank < b.rank || (a.rank === b.rank && a.event.at < b.event.at);
}
