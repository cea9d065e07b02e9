import type { OperationResult, TraceEvent } from "@bft/core";
import type { Placed } from "./arrange.js";
import type { ChartMessage, Fate, Phase } from "./chart.js";
import { requestKey, type Scope } from "./scope.js";
import { phaseName, type Topic, topicOf } from "./topic.js";

/** A message while its fate is looked for. */
export interface Way extends Omit<ChartMessage, "arrivedRow" | "fate" | "because" | "lying"> {
  arrivedRow: number | null;
  fate: Fate;
  because: string | null;
  /** What everybody must say alike, or null. */
  readonly digest: string | null;
  /** Of a reply. */
  readonly request: string | null;
}

/** Finds which sending each arrival belongs to. */
export class Pairing {
  readonly messages: Way[] = [];
  /** What each message says, by its name. */
  readonly topics = new Map<string, Topic>();
  readonly #protocol: string;
  readonly #scope: Scope;
  readonly #lane: (name: string) => number | null;
  /** Messages on their way, by name and receiver. */
  readonly #open = new Map<string, Way[]>();
  /** The last of each name from one to another. */
  readonly #sent = new Map<string, Way>();
  readonly #arrived = new Map<string, Way>();
  readonly #invokedRows = new Map<string, number>();

  /** @param lane index of the lane of that name, null when there is none */
  constructor(protocol: string, scope: Scope, lane: (name: string) => number | null) {
    this.#protocol = protocol;
    this.#scope = scope;
    this.#lane = lane;
  }

  observe({ event, row }: Placed): void {
    switch (event.kind) {
      case "invoked":
      case "fell-back":
        this.#invokedRows.set(requestKey(event.client, event.timestamp), row);
        return;
      case "sent":
        return this.#onSent(event, row);
      case "relayed":
        return this.#onRelayed(event, row);
      case "replied":
        return this.#onReplied(event, row);
      case "took":
        return this.#onTook(event, row);
      case "dropped":
        return this.#onDropped(event, row);
      case "delivered":
        return this.#onDelivered(event, row);
      case "answered":
        return this.#onAnswered(event, row);
    }
  }

  /** The simulated network lost it. */
  lose({ id, to, because }: Extract<TraceEvent, { kind: "lost" }>): void {
    const lane = this.#lane(to);
    const way = lane === null ? undefined : this.#next(id, lane, Number.POSITIVE_INFINITY);
    if (way !== undefined) Object.assign(way, { fate: "lost", because });
  }

  #onSent({ id, replica, to, statement }: Extract<TraceEvent, { kind: "sent" }>, row: number): void {
    const topic = topicOf(statement);
    if (topic === null) return;
    this.topics.set(id, topic);
    const { phase, view, seqs, digest, detail } = topic;
    const seq = seqs.find((each) => this.#scope.seqs.has(each)) ?? seqs[0] ?? null;
    for (const receiver of to)
      this.#send({ id, from: `replica ${replica}`, to: `replica ${receiver}`, phase, view, seq, detail, digest }, row);
  }

  #onRelayed({ id, replica, to, signer, message }: Extract<TraceEvent, { kind: "relayed" }>, row: number): void {
    const phase = message === "request" ? message : phaseOf(message);
    if (phase === null) return;
    const { view = null, digest = null, seqs = [] } = this.topics.get(id) ?? {};
    const about = {
      id,
      from: `replica ${replica}`,
      phase,
      view,
      seq: seqs[0] ?? null,
      detail: `relayed for ${signer}`,
      digest,
    } as const;
    for (const receiver of to) this.#send({ ...about, to: `replica ${receiver}` }, row);
  }

  #onReplied(event: Extract<TraceEvent, { kind: "replied" }>, row: number): void {
    const { id, replica, client, timestamp, seq, view, results } = event;
    const text = resultsText(results);
    const request = requestKey(client, timestamp);
    const about = { id, from: `replica ${replica}`, to: `client ${client}`, phase: "reply", view, seq } as const;
    this.#send({ ...about, detail: text, digest: text, request }, row);
  }

  #onTook({ id, replica, via, signer, timestamp, message, view, seq }: Extract<TraceEvent, { kind: "took" }>, row: number): void {
    const to = `replica ${replica}`;
    const lane = this.#lane(to);
    if (lane === null) return;
    const from = this.#lane(via);
    const way = this.#next(id, lane, row, from);
    if (way !== undefined) return this.#arrive(way, row, "taken", null);
    if (from === null) return;
    // A drop does not tell whose sending it was: this one was taken, so it was another.
    const guessed = this.#sent.get(`${id} ${from} ${lane}`);
    if (guessed?.fate === "dropped" && guessed.sentRow < row) return this.#arrive(guessed, row, "taken", null);
    if (timestamp !== null && via === signer) return this.#request(id, `${signer}#${timestamp}`, via, to, row, "taken", null);
    const before = this.#arrived.get(`${id} ${lane}`);
    // It came twice, or nobody tells that it was sent.
    const phase = before?.phase ?? (timestamp === null ? phaseOf(message) : "request");
    if (phase === null) return;
    const sentRow = before?.sentRow ?? Math.max(0, row - 1);
    const detail = before === undefined ? "its sending is not told" : "again";
    const again = this.#made({ id, from: via, to, phase, view, seq, detail, digest: before?.digest ?? null }, sentRow);
    if (again !== null) this.#arrive(again, row, "taken", null);
  }

  #onDropped({ id, replica, from, message, reason }: Extract<TraceEvent, { kind: "dropped" }>, row: number): void {
    const to = `replica ${replica}`;
    const lane = this.#lane(to);
    if (id === null || lane === null) return;
    const taken = this.#arrived.get(`${id} ${lane}`);
    const way = this.#next(id, lane, row);
    if (way !== undefined) return this.#arrive(way, row, "dropped", reason);
    // Taken first, and of no use after its signature was checked.
    if (taken !== undefined && taken.fate === "taken") Object.assign(taken, { fate: "dropped", because: reason });
    else if (message === "request") this.#requestDropped(id, from, to, row, reason);
  }

  #requestDropped(id: string, from: string, to: string, row: number, reason: string): void {
    const known = this.messages.find((each) => each.id === id && each.request !== null && each.phase === "request");
    const request = known?.request ?? null;
    if (request !== null) this.#request(id, request, from, to, row, "dropped", reason);
  }

  /** A client's sending is not told but by its receivers. */
  #request(id: string, request: string, from: string, to: string, row: number, fate: Fate, because: string | null): void {
    const sentRow = this.#invokedRows.get(request) ?? Math.max(0, row - 1);
    const operations = this.#scope.requests.get(request)?.operations ?? [];
    const detail = operations.length === 0 ? null : operations.join("; ");
    const about = { id, from, to, phase: "request", view: null, seq: null, detail, digest: null, request } as const;
    const way = this.#made(about, Math.min(sentRow, Math.max(0, row - 1)));
    if (way !== null) this.#arrive(way, row, fate, because);
  }

  #onDelivered({ id, to }: Extract<TraceEvent, { kind: "delivered" }>, row: number): void {
    const lane = this.#lane(to);
    // What a replica is delivered is told by what it takes.
    if (lane === null || !to.startsWith("client ")) return;
    const way = this.#next(id, lane, row);
    if (way !== undefined) this.#arrive(way, row, "taken", null);
  }

  /** A client does not tell which replies it had; those that are drawn to its answer may have come later. */
  #onAnswered({ client, timestamp }: Extract<TraceEvent, { kind: "answered" }>, row: number): void {
    const request = requestKey(client, timestamp);
    for (const way of this.messages)
      if (way.request === request && way.phase === "reply" && way.arrivedRow === null && way.sentRow < row) way.arrivedRow = row;
  }

  #send(about: About, row: number): void {
    const way = this.#made(about, row);
    if (way === null) return;
    const key = `${way.id} ${way.to}`;
    const open = this.#open.get(key);
    if (open === undefined) this.#open.set(key, [way]);
    else open.push(way);
    this.#sent.set(`${way.id} ${way.from} ${way.to}`, way);
  }

  #made({ from: sender, to: receiver, request = null, ...about }: About, sentRow: number): Way | null {
    const [from, to] = [this.#lane(sender), this.#lane(receiver)];
    if (from === null || to === null) return null;
    const label = phaseName(about.phase, this.#protocol);
    const way: Way = { ...about, from, to, label, request, sentRow, arrivedRow: null, fate: "unknown", because: null };
    this.messages.push(way);
    return way;
  }

  /** The first that is on its way to that lane since before `row`; `from` that one where it is known who delivered it. */
  #next(id: string, lane: number, row: number, from: number | null = null): Way | undefined {
    const open = this.#open.get(`${id} ${lane}`) ?? [];
    const at = open.findIndex((way) => way.sentRow < row && (from === null || way.from === from));
    return at < 0 ? undefined : open.splice(at, 1)[0];
  }

  #arrive(way: Way, row: number, fate: Fate, because: string | null): void {
    Object.assign(way, { arrivedRow: row, fate, because });
    this.#arrived.set(`${way.id} ${way.to}`, way);
  }
}

interface About extends Pick<Way, "id" | "phase" | "view" | "seq" | "detail" | "digest"> {
  readonly from: string;
  readonly to: string;
  readonly request?: string | null;
}

export function resultsText(results: readonly OperationResult[]): string {
  return results.map(({ ok, value }) => (ok ? (value ?? "no value") : `refused: ${value ?? ""}`)).join("; ");
}

/** The phase of a message that is known from its receiver only. */
function phaseOf(message: string): Phase | null {
  switch (message) {
    case "pre-prepare":
    case "prepare":
    case "commit":
    case "accept":
    case "accepted":
    case "chosen":
    case "view-change":
    case "new-view":
    case "candidate":
    case "promise":
      return message;
    default:
      return null;
  }
}
