import type { TraceEvent } from "@bft/core";
import type { Selection } from "./selection.js";
import { REQUESTS_DRAWN } from "./selection.js";
import { topicOf } from "./topic.js";

/** What a chart is about, found in a first reading of the trace: which slots, which view, whose requests. */
export interface Scope {
  readonly seqs: ReadonlySet<number>;
  /** Of a chart of a view change. */
  readonly view: number | null;
  /** By `requestKey`. */
  readonly requests: ReadonlyMap<string, ChartedRequest>;
  /** Requests of these slots that are not drawn. */
  readonly notDrawn: number;
}

export interface ChartedRequest {
  readonly client: number;
  readonly timestamp: number;
  readonly operations: readonly string[];
}

/** What a trace tells of at all. */
export interface Known {
  readonly seqs: { readonly first: number; readonly last: number } | null;
  /** Views that replicas wanted or entered, ascending. */
  readonly views: readonly number[];
}

interface SlotSeen {
  readonly requests: ReadonlyMap<string, ChartedRequest>;
  readonly count: number;
}

/** Views that are named in a message. */
const VIEWS_KEPT = 1000;

export function requestKey(client: number, timestamp: number): string {
  return `client ${client}#${timestamp}`;
}

/** Reads a trace once, in bounded memory, to find what is in a selection. */
export class ScopeFinder {
  readonly #selection: Selection;
  readonly #slots = new Map<number, SlotSeen | null>();
  readonly #views = new Set<number>();
  readonly #lying = new Set<number>();
  #first = Number.POSITIVE_INFINITY;
  #last = 0;
  #viewIsTold = false;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  observe(event: TraceEvent): void {
    switch (event.kind) {
      case "behaves":
        if (event.behaviour === null) this.#lying.delete(event.replica);
        else this.#lying.add(event.replica);
        return;
      case "executed":
        return this.#onExecuted(event);
      case "sent": {
        // What a liar speaks of may be any number.
        if (this.#lying.has(event.replica)) return;
        const topic = topicOf(event.statement);
        if (topic === null) return;
        for (const seq of topic.seqs) this.#onSeq(seq, null);
        if (topic.phase === "view-change" || topic.phase === "candidate") this.#onView(topic.view);
        return;
      }
      case "view-change-started":
      case "view-entered":
        return this.#onView(event.view);
    }
  }

  known(): Known {
    const seqs = this.#last === 0 ? null : { first: this.#first, last: this.#last };
    return { seqs, views: [...this.#views].sort((a, b) => a - b) };
  }

  /** Null when the trace tells nothing of what is asked for. */
  scope(): Scope | null {
    const selection = this.#selection;
    const slots = [...this.#slots].sort(([a], [b]) => a - b);
    const wanted = selection.kind === "last" ? slots.slice(-selection.count) : slots;
    if (selection.kind === "view" ? !this.#viewIsTold : wanted.length === 0) return null;
    const seen = wanted.flatMap(([, slot]) => slot ?? []);
    const requests = new Map(seen.flatMap((slot) => [...slot.requests]));
    const count = seen.reduce((sum, slot) => sum + slot.count, 0);
    return {
      seqs: new Set(wanted.map(([seq]) => seq)),
      view: selection.kind === "view" ? selection.view : null,
      requests,
      notDrawn: Math.max(0, count - requests.size),
    };
  }

  #onExecuted({ replica, seq, requests }: Extract<TraceEvent, { kind: "executed" }>): void {
    const drawn = requests.slice(0, REQUESTS_DRAWN).map(({ client, timestamp, operations }) => {
      return [requestKey(client, timestamp), { client, timestamp, operations }] as const;
    });
    if (!this.#lying.has(replica)) this.#onSeq(seq, { requests: new Map(drawn), count: requests.length });
  }

  #onSeq(seq: number, slot: SlotSeen | null): void {
    if (seq === 0) return;
    this.#first = Math.min(this.#first, seq);
    this.#last = Math.max(this.#last, seq);
    const selection = this.#selection;
    if (selection.kind === "view" || (selection.kind === "seq" && selection.seq !== seq)) return;
    this.#slots.set(seq, slot ?? this.#slots.get(seq) ?? null);
    if (selection.kind === "last" && this.#slots.size > 2 * selection.count + 16) this.#forget(selection.count);
  }

  #forget(count: number): void {
    const kept = new Set([...this.#slots.keys()].sort((a, b) => b - a).slice(0, count));
    for (const seq of this.#slots.keys()) if (!kept.has(seq)) this.#slots.delete(seq);
  }

  #onView(view: number): void {
    if (this.#views.size < VIEWS_KEPT) this.#views.add(view);
    if (this.#selection.kind === "view" && this.#selection.view === view) this.#viewIsTold = true;
  }
}
