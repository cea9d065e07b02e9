import type { TraceEvent } from "@bft/core";
import { Once } from "./once.js";
import { requestKey, type Scope } from "./scope.js";
import { EVENTS_MAX } from "./selection.js";
import { isTicking, type Standing, standingAfter, untold } from "./standing.js";
import { isOfView, topicOf } from "./topic.js";

/** What a chart is made of. */
export interface Collected {
  /** In causal order. */
  readonly events: readonly TraceEvent[];
  /** How each replica stood before the first of them. */
  readonly before: readonly Standing[];
  /** There were more events than a chart may have. */
  readonly cut: boolean;
  /** Messages that were sent to the same replica again are left out; so many. */
  readonly repeats: number;
}

/** Whether an event belongs into the chart by itself (`yes`), only when something that does comes after it (`between`), or not. */
type Belongs = "yes" | "between" | "no";

/** What happened shortly before or between is kept so far back. */
const BETWEEN_MAX = 200;

/** Reads a trace a second time, in bounded memory, and keeps what is in the scope. */
export class Collector {
  readonly #scope: Scope;
  readonly #events: TraceEvent[] = [];
  readonly #ids = new Set<string>();
  /** Messages about views between slots, by name, who sent them, and to whom. */
  readonly #viewWays = new Set<string>();
  /** How far each replica had told each other one: `chosen` and `accepted` speak of all up to a number. */
  readonly #told = new Map<string, number>();
  readonly #announced = new Set<string>();
  readonly #invoked = new Set<string>();
  readonly #once = new Once();
  #between: TraceEvent[] = [];
  #standing: Standing[];
  #before: readonly Standing[] | null = null;
  #over = false;
  readonly #unfinished: Map<number, Set<number>>;

  constructor(scope: Scope, replicas: number) {
    this.#scope = scope;
    this.#standing = [...untold(replicas)];
    this.#unfinished = new Map(Array.from({ length: replicas }, (_, id) => [id, new Set(scope.seqs)]));
  }

  observe(event: TraceEvent): void {
    const belongs = this.#belongs(event);
    const news = belongs === "no" ? null : this.#once.newIn(event);
    if (news !== null && belongs === "yes") this.#keep(news);
    if (news !== null && belongs === "between") this.#keepBetween(news);
    if ("replica" in event) this.#stand(event);
  }

  collected(): Collected {
    // What became of a slot that is not executed everywhere comes after its last message.
    if (this.#scope.seqs.size === 0 || this.#isStuck()) this.#events.push(...this.#kept());
    const cut = this.#events.length > EVENTS_MAX;
    return {
      events: this.#events.slice(0, EVENTS_MAX),
      before: this.#before ?? this.#standing,
      cut,
      repeats: this.#once.repeats,
    };
  }

  #stand(event: TraceEvent & { readonly replica: number }): void {
    const before = this.#standing[event.replica];
    if (before !== undefined) this.#standing[event.replica] = standingAfter(before, event);
    if (event.kind === "executed") this.#unfinished.get(event.replica)?.delete(event.seq);
    if (event.kind === "state-installed")
      for (const seq of this.#scope.seqs) if (seq <= event.seq) this.#unfinished.get(event.replica)?.delete(seq);
  }

  #isStuck(): boolean {
    return [...this.#unfinished].some(([id, seqs]) => seqs.size > 0 && this.#standing[id]?.state.up === true);
  }

  #keep(event: TraceEvent): void {
    if (this.#events.length > EVENTS_MAX) return;
    this.#begin();
    this.#events.push(...this.#kept());
    this.#between = [];
    if (event.kind === "invoked" || event.kind === "fell-back") this.#invoked.add(requestKey(event.client, event.timestamp));
    if (event.kind === "took" && event.timestamp !== null) this.#invoke(event);
    this.#events.push(event);
  }

  /** A client that writes no history handed it in too. */
  #invoke({ at, signer, timestamp }: Extract<TraceEvent, { kind: "took" }>): void {
    const key = `${signer}#${timestamp}`;
    const request = this.#scope.requests.get(key);
    if (request === undefined || this.#invoked.has(key)) return;
    this.#invoked.add(key);
    this.#events.push({ at, kind: "invoked", readOnly: false, ...request });
  }

  #keepBetween(event: TraceEvent): void {
    if (this.#events.length === 0 && this.#between.length === 0) this.#begin();
    this.#between.push(event);
    const left = this.#between.length > BETWEEN_MAX ? this.#between.shift() : undefined;
    if (left?.kind === "sent" || left?.kind === "relayed") for (const way of waysOf(left)) this.#viewWays.delete(way);
  }

  /** What was taken goes with its sending. */
  #kept(): readonly TraceEvent[] {
    return this.#between.filter(
      (event) => event.kind !== "took" || this.#viewWays.has(`${event.id} ${event.via} ${event.replica}`),
    );
  }

  #begin(): void {
    this.#before ??= [...this.#standing];
  }

  #belongs(event: TraceEvent): Belongs {
    const belongs = this.#asked(event);
    if (belongs !== "between") return belongs;
    if (this.#isOver()) return "no";
    // Of what comes before the first, only a chart of a view change tells: it shows what led to it.
    return this.#scope.view === null && this.#events.length === 0 ? "no" : "between";
  }

  /** All that are up have come to the view: what happens from then on has nothing to do with how it came about. */
  #isOver(): boolean {
    const { view } = this.#scope;
    if (view === null || this.#events.length === 0) return false;
    this.#over ||= this.#standing.every(({ state }) => !state.up || (state.view ?? 0) >= view);
    return this.#over;
  }

  #asked(event: TraceEvent): Belongs {
    const { requests, seqs } = this.#scope;
    switch (event.kind) {
      case "invoked":
      case "fell-back":
      case "answered":
        return requests.has(requestKey(event.client, event.timestamp)) ? "yes" : "no";
      case "replied":
        return this.#if(requests.has(requestKey(event.client, event.timestamp)), event.id);
      case "relayed":
        if (this.#ids.has(event.id)) return "yes";
        return this.#scope.view === null && isViewMessage(event.message) ? this.#betweenSlots(event) : "no";
      case "executed":
        if (this.#scope.view !== null && this.#events.length === 0) this.#forgetBetween();
        return seqs.has(event.seq) ? "yes" : "no";
      case "checkpoint-stable":
        return seqs.has(event.seq) ? "yes" : "no";
      case "sent":
        return this.#ofSent(event);
      case "took":
        return this.#ofTook(event);
      case "dropped":
        return event.id !== null && this.#ids.has(event.id) ? "yes" : "no";
      case "delivered":
        // What a replica is delivered is told by what it takes.
        return event.to.startsWith("client ") && this.#ids.has(event.id) ? "yes" : "no";
      case "lost":
        return this.#ids.has(event.id) ? "yes" : "no";
      case "view-change-started":
      case "view-entered":
        if (this.#scope.view === event.view) return "yes";
        return this.#scope.view !== null && event.view > this.#scope.view ? "no" : "between";
      case "timer-fired":
        return isTicking(event.timer) ? "no" : "between";
      case "retained":
      case "refused":
        return "no";
      default:
        return "between";
    }
  }

  #forgetBetween(): void {
    this.#between = [];
    this.#before = null;
  }

  #ofSent(event: Extract<TraceEvent, { kind: "sent" }>): Belongs {
    const { id, replica, to, statement } = event;
    const topic = topicOf(statement);
    if (topic === null) return "no";
    if (this.#scope.view === null) {
      if (isOfView(topic.phase)) return this.#betweenSlots(event);
      if (statement.kind === "chosen" || statement.kind === "accepted") {
        const upTo = statement.kind === "chosen" ? statement.upTo : statement.seq;
        // Not only the first receiver: each is told for itself.
        const covers = to.map((each) => this.#covers(`${statement.kind} ${replica} ${each}`, upTo));
        return this.#if(covers.includes(true) || topic.seqs.some((seq) => this.#scope.seqs.has(seq)), id);
      }
      return this.#if(
        topic.seqs.some((seq) => this.#scope.seqs.has(seq)),
        id,
      );
    }
    if (topic.view !== this.#scope.view) return "no";
    if (isOfView(topic.phase)) return this.#if(true, id);
    // A new leader shows itself by its first words to each.
    if (topic.phase !== "accept" && topic.phase !== "chosen") return "no";
    const news = to.filter((each) => !this.#announced.has(`${replica} ${each}`));
    for (const each of news) this.#announced.add(`${replica} ${each}`);
    return this.#if(news.length > 0, id);
  }

  #ofTook({ id, replica, via, signer, message, view, seq, timestamp }: Extract<TraceEvent, { kind: "took" }>): Belongs {
    if (timestamp !== null) return this.#if(this.#scope.requests.has(`${signer}#${timestamp}`), id);
    if (this.#ids.has(id)) return "yes";
    const isView = isViewMessage(message);
    if (this.#scope.view !== null) return isView && view === this.#scope.view ? "yes" : "no";
    // Of a view change that began before the chart does, nothing is shown.
    if (isView) return this.#viewWays.has(`${id} ${via} ${replica}`) ? "between" : "no";
    return seq !== null && this.#scope.seqs.has(seq) && message !== "checkpoint" && message !== "chosen" ? "yes" : "no";
  }

  #betweenSlots(event: Sending): Belongs {
    if (this.#events.length > 0) for (const way of waysOf(event)) this.#viewWays.add(way);
    return "between";
  }

  /** Whether a word on everything up to a number is the first of its kind to speak of a charted slot. */
  #covers(key: string, upTo: number): boolean {
    const before = this.#told.get(key) ?? 0;
    this.#told.set(key, Math.max(before, upTo));
    for (const seq of this.#scope.seqs) if (before < seq && seq <= upTo) return true;
    return false;
  }

  #if(belongs: boolean, id: string): Belongs {
    if (!belongs) return "no";
    this.#ids.add(id);
    return "yes";
  }
}

type Sending = Extract<TraceEvent, { kind: "sent" | "relayed" }>;

function waysOf({ id, replica, to }: Sending): readonly string[] {
  return to.map((receiver) => `${id} replica ${replica} ${receiver}`);
}

function isViewMessage(message: string): boolean {
  return message === "view-change" || message === "new-view" || message === "candidate" || message === "promise";
}
