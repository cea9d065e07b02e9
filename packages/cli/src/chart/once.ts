import type { TraceEvent } from "@bft/core";

/**
 * What is told for the first time. A message that gets no answer is sent again and again; a chart shows its first sending to each
 * replica by each, and what became of it.
 */
export class Once {
  readonly #sent = new Map<string, number>();
  readonly #told = new Set<string>();
  /** Messages of which the last taking was left out, by name and replica. */
  readonly #leftOut = new Set<string>();
  /** Sendings that were left out. */
  repeats = 0;

  /** The event with what is new in it, or null. */
  newIn(event: TraceEvent): TraceEvent | null {
    switch (event.kind) {
      case "sent":
      case "relayed":
        return this.#sending(event);
      case "replied":
        if (this.#first(`replied ${event.id}`)) return event;
        this.repeats += 1;
        return null;
      case "took":
        return this.#taking(event);
      case "dropped": {
        // What a replica drops after it took it is that.
        if (this.#leftOut.delete(`${event.id} ${event.replica}`)) return null;
        // It is not told whose sending it was: as many as there were may be dropped. A client's own sending is not told.
        const sendings = (this.#sent.get(`${event.id} ${event.replica}`) ?? 0) + 1;
        const key = `dropped ${event.id} ${event.replica}`;
        return Array.from({ length: sendings }, (_, number) => `${key} ${number}`).some((each) => this.#first(each))
          ? event
          : null;
      }
      default:
        return event;
    }
  }

  #taking(event: Extract<TraceEvent, { kind: "took" }>): TraceEvent | null {
    const key = `${event.id} ${event.replica}`;
    if (this.#first(`took ${key} ${event.via}`)) {
      this.#leftOut.delete(key);
      return event;
    }
    this.#leftOut.add(key);
    return null;
  }

  #sending(event: Extract<TraceEvent, { kind: "sent" | "relayed" }>): TraceEvent | null {
    const to = event.to.filter((receiver) => this.#first(`sent ${event.id} ${event.replica} ${receiver}`));
    this.repeats += event.to.length - to.length;
    for (const receiver of to) {
      const key = `${event.id} ${receiver}`;
      this.#sent.set(key, (this.#sent.get(key) ?? 0) + 1);
    }
    return to.length === 0 ? null : { ...event, to };
  }

  #first(name: string): boolean {
    if (this.#told.has(name)) return false;
    this.#told.add(name);
    return true;
  }
}
