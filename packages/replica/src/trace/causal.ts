import type { TraceEvent } from "@bft/core";

/** So far each stream is looked ahead for the sending of what another one has taken. Events, not bytes. */
const AHEAD = 4096;
/** Sent messages that are remembered at least; at most twice as many. */
const REMEMBERED = 1 << 16;

/**
 * Events of several processes, a stream each, as one trace in which a message is sent before it is taken or dropped, whatever the
 * clocks say. Each stream keeps its own order. Where both orders are possible, the earlier by the clock comes first.
 *
 * A liar's trace may contradict every order: a circle of events that each wait for the next is broken at its earliest one. A sending
 * that stands more than `ahead` events further on in its stream is not waited for. So all of it comes out, once, in bounded memory.
 */
export function* mergedCausally(streams: readonly Iterable<TraceEvent>[], ahead = AHEAD): Generator<TraceEvent> {
  const processes = streams.map((stream) => new Process(stream, ahead));
  const sent = new Remembered();
  for (;;) {
    const next = nextOf(processes, sent);
    const event = next?.take();
    if (event === undefined) return;
    for (const name of given(event)) sent.add(name);
    yield event;
  }
}

/** The process whose next event comes next; null when there is none left. */
function nextOf(processes: readonly Process[], sent: Remembered): Process | null {
  const waiting = processes.filter(({ head }) => head !== null);
  const free = waiting.filter((process) => awaited(process, processes, sent) === null);
  return earliest(free.length > 0 ? free : circle(waiting, processes, sent));
}

/** Who must go on before this process can, because it is about to send what this one has taken. */
function awaited(process: Process, processes: readonly Process[], sent: Remembered): Process | null {
  const name = process.head === null ? null : needed(process.head);
  if (name === null || sent.has(name)) return null;
  return processes.find((other) => other !== process && other.willGive(name)) ?? null;
}

/** Processes that wait for one another, each for the next. */
function circle(waiting: readonly Process[], processes: readonly Process[], sent: Remembered): readonly Process[] {
  const path: Process[] = [];
  let process = waiting[0] ?? null;
  while (process !== null && !path.includes(process)) {
    path.push(process);
    process = awaited(process, processes, sent);
  }
  return process === null ? waiting : path.slice(path.indexOf(process));
}

function earliest(processes: readonly Process[]): Process | null {
  return processes.reduce<Process | null>((best, each) => (best === null || each.at < best.at ? each : best), null);
}

/** What an event sends, by name: the message's, or what a client's request and the answer to it are called. */
function given(event: TraceEvent): readonly string[] {
  switch (event.kind) {
    case "sent":
    case "relayed":
      return [event.id];
    case "replied":
      return [event.id, `answer ${event.client}#${event.timestamp}`];
    case "invoked":
    case "fell-back":
      return [`client ${event.client}#${event.timestamp}`];
    default:
      return [];
  }
}

/** What must have been sent before this event can be, or null. */
function needed(event: TraceEvent): string | null {
  switch (event.kind) {
    case "took":
      return event.timestamp !== null && event.via === event.signer ? `${event.signer}#${event.timestamp}` : event.id;
    case "dropped":
      return event.id;
    case "answered":
      return `answer ${event.client}#${event.timestamp}`;
    default:
      return null;
  }
}

/** One process's events, so far as they are read ahead. */
class Process {
  readonly #events: Iterator<TraceEvent>;
  readonly #ahead: number;
  #read: TraceEvent[] = [];
  #first = 0;
  /** How often each name is given by what is read and not taken yet. */
  readonly #gives = new Map<string, number>();
  #done = false;

  constructor(events: Iterable<TraceEvent>, ahead: number) {
    this.#events = events[Symbol.iterator]();
    this.#ahead = ahead;
    this.#readOn();
  }

  get head(): TraceEvent | null {
    return this.#read[this.#first] ?? null;
  }

  get at(): number {
    return this.head?.at ?? Number.POSITIVE_INFINITY;
  }

  willGive(name: string): boolean {
    return this.#gives.has(name);
  }

  take(): TraceEvent | undefined {
    const event = this.#read[this.#first];
    if (event === undefined) return undefined;
    this.#first += 1;
    for (const name of given(event)) this.#count(name, -1);
    this.#readOn();
    return event;
  }

  #readOn(): void {
    while (!this.#done && this.#read.length - this.#first < this.#ahead) {
      const next = this.#events.next();
      if (next.done === true) this.#done = true;
      else this.#add(next.value);
    }
    if (this.#first < this.#ahead) return;
    this.#read = this.#read.slice(this.#first);
    this.#first = 0;
  }

  #add(event: TraceEvent): void {
    this.#read.push(event);
    for (const name of given(event)) this.#count(name, 1);
  }

  #count(name: string, change: 1 | -1): void {
    const count = (this.#gives.get(name) ?? 0) + change;
    if (count > 0) this.#gives.set(name, count);
    else this.#gives.delete(name);
  }
}

/** Names, the oldest forgotten. */
class Remembered {
  #now = new Set<string>();
  #before: ReadonlySet<string> = new Set();

  add(name: string): void {
    this.#now.add(name);
    if (this.#now.size < REMEMBERED) return;
    this.#before = this.#now;
    this.#now = new Set();
  }

  has(name: string): boolean {
    return this.#now.has(name) || this.#before.has(name);
  }
}
