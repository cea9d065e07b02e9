import type { TraceEvent } from "@bft/core";
import { checkersFor } from "./all.js";
import type { Checker, ClusterFacts, EventKind, EventOf, Violation } from "./checker.js";
import { Durable } from "./durable.js";
import { Knowledge } from "./knowledge.js";

/**
 * All checks of one trace, simulated or merged from what the replicas of a live cluster wrote. Each event goes to those that
 * asked for its kind. A live trace must tell what a replica does in the order of its effects, and `sent` and `replied` not
 * before what precedes them is durable.
 */
export class Checks {
  readonly #knowledge: Knowledge;
  readonly #checkers: readonly Checker[];
  readonly #byKind = new Map<EventKind, Checker[]>();
  readonly #durable = new Durable();

  constructor(facts: ClusterFacts) {
    this.#knowledge = new Knowledge(facts);
    this.#checkers = checkersFor(this.#knowledge);
    for (const checker of this.#checkers)
      for (const kind of checker.interests) this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), checker]);
  }

  /** The first rule that this event breaks, or null. One may go on after a violation, to see what else is broken. */
  observe(event: TraceEvent): Violation | null {
    switch (event.kind) {
      case "delivered":
      case "lost":
      case "fault":
      case "dropped":
      case "took":
      case "relayed":
      case "timer-fired":
      case "refused":
      case "link-fault":
        return null;
      case "behaves":
        if (event.behaviour !== null) this.#durable.forget(event.replica);
        return this.#show(event);
      case "started":
      case "crashed":
        this.#durable.forget(event.replica);
        return this.#showOfCorrect(event);
      case "disk-lost":
        this.#durable.diskLost(event.replica);
        return this.#showOfCorrect(event);
      case "sent":
      case "replied":
        return this.#onLeft(event);
      case "executed":
      case "checkpoint-stable":
      case "state-installed":
      case "view-change-started":
      case "view-entered":
        if (this.#knowledge.lies(event.replica) || this.#durable.holds(event)) return null;
        return this.#show(event);
      case "invoked":
      case "fell-back":
      case "answered":
        return this.#knowledge.clientLies(event.client) ? null : this.#show(event);
      case "broke":
      case "client-behaves":
      case "healed":
        return this.#show(event);
      case "abstaining":
      case "votes-again":
      case "evidence":
      case "retained":
        return this.#showOfCorrect(event);
    }
  }

  /** To be called once, at the end of the trace. */
  finish(at: number): Violation | null {
    let found = this.#showAll(this.#durable.releaseAll());
    for (const checker of this.#checkers) {
      const next = checker.finish(at);
      found ??= next;
    }
    return found;
  }

  /** A message left: what its sender did before is durable. */
  #onLeft(event: EventOf<"sent" | "replied">): Violation | null {
    const before = this.#showAll(this.#durable.release(event.replica));
    if (event.kind === "replied") this.#durable.replied(event.replica, event.seq);
    // What liars sent is shown to all who ask for what was sent; it is for them to look who did.
    const found = event.kind === "sent" ? this.#show(event) : this.#showOfCorrect(event);
    return before ?? found;
  }

  #showOfCorrect(event: TraceEvent & { readonly replica: number }): Violation | null {
    return this.#knowledge.lies(event.replica) ? null : this.#show(event);
  }

  #showAll(events: readonly TraceEvent[]): Violation | null {
    let found: Violation | null = null;
    for (const event of events) {
      const next = this.#show(event);
      found ??= next;
    }
    return found;
  }

  /** Every checker sees the event, also when one complains: none misses what happened. */
  #show(event: TraceEvent): Violation | null {
    this.#knowledge.note(event);
    let found: Violation | null = null;
    for (const checker of this.#byKind.get(event.kind) ?? NOBODY) {
      const next = checker.observe(event);
      found ??= next;
    }
    return found;
  }
}

const NOBODY: readonly Checker[] = [];
