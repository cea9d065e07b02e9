import type { TraceEvent } from "@bft/core";
import type { RowTopic } from "./bands.js";
import type { Phase } from "./chart.js";
import { requestKey } from "./scope.js";
import { isOfView, phaseAt, rankOf, topicOf } from "./topic.js";

/** What is agreed on: a slot in a view, or with `seq` null how the view comes about. */
interface Station {
  readonly view: number;
  readonly seq: number | null;
}

/** Phases of one station are fewer. */
const PHASES = 100;

/**
 * Where each event stands in the order of the papers: views one after the other, in each first how it comes about and then its slots,
 * in each the phases. A rank is a number; ranks of one station and phase are equal.
 */
export class Ranks {
  readonly #stations: readonly Station[];
  readonly #places: ReadonlyMap<string, number>;
  /** Places of a slot's stations, ascending. */
  readonly #ofSeq = new Map<number, number[]>();
  /** The slot that each request came into. */
  readonly #requests = new Map<string, number>();
  readonly #messages = new Map<string, number>();
  readonly #answers = new Map<string, number>();

  /** @param seqs the charted slots */
  constructor(events: readonly TraceEvent[], seqs: ReadonlySet<number>) {
    this.#stations = stationsIn(events, seqs);
    this.#places = new Map(this.#stations.map((station, place) => [nameOf(station), place]));
    for (const [place, { seq }] of this.#stations.entries())
      if (seq !== null) this.#ofSeq.set(seq, [...(this.#ofSeq.get(seq) ?? []), place]);
    for (const event of events) {
      if (event.kind !== "executed") continue;
      for (const { client, timestamp } of event.requests) this.#requests.set(requestKey(client, timestamp), event.seq);
    }
  }

  /** To be asked for each event once, in their order. Null for what has no phase. */
  of(event: TraceEvent): number | null {
    switch (event.kind) {
      case "invoked":
      case "fell-back":
        return this.#ofRequest(requestKey(event.client, event.timestamp));
      case "took":
        if (event.timestamp === null) return this.#messages.get(event.id) ?? null;
        return this.#known(event.id, this.#ofRequest(`${event.signer}#${event.timestamp}`));
      case "sent":
        return this.#ofSent(event);
      case "replied": {
        const rank = rankAt(this.#lastPlace(event.seq, event.view), "reply");
        this.#answers.set(requestKey(event.client, event.timestamp), rank);
        return this.#known(event.id, rank);
      }
      case "answered":
        return this.#answers.get(requestKey(event.client, event.timestamp)) ?? null;
      case "relayed":
      case "delivered":
        return this.#messages.get(event.id) ?? null;
      case "dropped":
        return this.#messages.get(event.id ?? "") ?? null;
      default:
        return null;
    }
  }

  /** What a rank means. */
  topicAt(rank: number): RowTopic {
    return { phase: phaseAt(rank % PHASES), seq: this.#stations[stationOf(rank)]?.seq ?? null };
  }

  #ofSent({ id, statement }: Extract<TraceEvent, { kind: "sent" }>): number | null {
    const topic = topicOf(statement);
    if (topic === null) return null;
    const { phase, view, seqs } = topic;
    // The word that something is chosen is about the last slot that it reaches.
    if (statement.kind === "chosen" && this.#ofSeq.size > 0)
      return this.#known(id, rankAt(this.#lastPlace(lastUpTo([...this.#ofSeq.keys()], statement.upTo), view), phase));
    const about: Station[] = isOfView(phase) || seqs.length === 0 ? [{ view, seq: null }] : seqs.map((seq) => ({ view, seq }));
    const place = about.map((station) => this.#places.get(nameOf(station))).find((each) => each !== undefined);
    return this.#known(id, rankAt(place ?? 0, phase));
  }

  #ofRequest(request: string): number {
    const seq = this.#requests.get(request);
    return rankAt((seq === undefined ? undefined : this.#ofSeq.get(seq)?.[0]) ?? 0, "request");
  }

  /** The last station of a slot up to a view. */
  #lastPlace(seq: number | null, view: number): number {
    const places = seq === null ? [] : (this.#ofSeq.get(seq) ?? []);
    return places.findLast((place) => (this.#stations[place]?.view ?? 0) <= view) ?? places[0] ?? 0;
  }

  #known(id: string, rank: number): number {
    this.#messages.set(id, rank);
    return rank;
  }
}

export function stationOf(rank: number): number {
  return Math.floor(rank / PHASES);
}

function rankAt(station: number, phase: Phase): number {
  return station * PHASES + rankOf(phase);
}

function stationsIn(events: readonly TraceEvent[], seqs: ReadonlySet<number>): readonly Station[] {
  const found = new Map<string, Station>();
  const add = (station: Station) => found.set(nameOf(station), station);
  for (const event of events) {
    if (event.kind === "executed" && seqs.has(event.seq)) add({ view: event.view, seq: event.seq });
    if (event.kind !== "sent") continue;
    const topic = topicOf(event.statement);
    if (topic === null || topic.phase === "chosen") continue;
    if (isOfView(topic.phase)) add({ view: topic.view, seq: null });
    for (const seq of topic.seqs) if (seqs.has(seq)) add({ view: topic.view, seq });
  }
  return [...found.values()].sort((a, b) => a.view - b.view || (a.seq ?? -1) - (b.seq ?? -1));
}

function nameOf({ view, seq }: Station): string {
  return `${view} ${seq}`;
}

function lastUpTo(seqs: readonly number[], upTo: number): number | null {
  const reached = seqs.filter((seq) => seq <= upTo);
  return reached.length === 0 ? null : Math.max(...reached);
}
