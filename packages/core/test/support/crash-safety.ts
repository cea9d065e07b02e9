import type { Effect, MachineStatus, MessageBase, Outcome } from "@bft/core";

type Executed<M extends MessageBase> = Extract<Effect<M>, { kind: "executed" }>;

/**
 * Watches what the replicas of a crash-tolerant protocol do, not what they think, and throws at the first thing that must never be:
 * two values at one place, gaps, a request executed twice, two leaders of one view, two states after the same values, anything
 * forgotten over a restart that a message had left after, or an answer to a client that is not what was executed.
 */
export class CrashSafety {
  readonly #comparesViews: boolean;
  readonly #said = new Map<string, string>();
  readonly #last = new Map<number, number>();
  /** What each had executed, and its view, when a message last left it: it must not go back behind that. */
  readonly #durable = new Map<number, { readonly executed: number; readonly view: number }>();
  readonly #views = new Map<number, number>();
  /** How much was compared, so that a test can assert that something was. */
  checks = 0;

  /** @param comparesViews each value has one view, the same at all replicas (Raft: the term of its entry) */
  constructor(comparesViews: boolean) {
    this.#comparesViews = comparesViews;
  }

  started(id: number, { lastExecuted, view }: MachineStatus): void {
    const before = this.#durable.get(id) ?? { executed: 0, view: 0 };
    if (lastExecuted < before.executed)
      throw new Error(`replica ${id} had executed ${before.executed} when a message left it, and restarts at ${lastExecuted}`);
    if (view < before.view)
      throw new Error(`replica ${id} was in view ${before.view} when a message left it, and restarts in ${view}`);
    this.#last.set(id, lastExecuted);
    this.#views.set(id, view);
  }

  /** A replica lost its disk: it may start from nothing. */
  wiped(id: number): void {
    for (const each of [this.#last, this.#durable, this.#views]) each.delete(id);
  }

  left(id: number): void {
    this.#durable.set(id, { executed: this.#last.get(id) ?? 0, view: this.#views.get(id) ?? 0 });
  }

  accepted(client: number, outcome: Outcome): void {
    this.#same(`results of ${client}/${outcome.timestamp}`, JSON.stringify(outcome.results), `client ${client}`);
    this.#same(`place of ${client}/${outcome.timestamp}`, String(outcome.seq), `client ${client}`);
  }

  onEffect<M extends MessageBase>(id: number, effect: Effect<M>): void {
    const who = `replica ${id}`;
    switch (effect.kind) {
      case "executed":
        return this.#onExecuted(id, effect);
      case "state-installed":
        if (effect.seq <= (this.#last.get(id) ?? 0)) throw new Error(`${who} installed the state at ${effect.seq}, an older one`);
        this.#last.set(id, effect.seq);
        return this.#same(`state at ${effect.seq}`, effect.stateDigest, who);
      case "checkpoint-stable":
        return this.#same(`state at ${effect.seq}`, effect.stateDigest, who);
      case "view-entered":
        this.#same(`leader of view ${effect.view}`, String(effect.primary), who);
        return this.#forward(id, effect.view);
      case "view-change-started":
        return this.#forward(id, effect.view);
    }
  }

  #onExecuted<M extends MessageBase>(id: number, { seq, view, digest, requests }: Executed<M>): void {
    const due = (this.#last.get(id) ?? 0) + 1;
    if (seq !== due) throw new Error(`replica ${id} executed ${seq} where ${due} was due`);
    this.#last.set(id, seq);
    const content = `${this.#comparesViews ? view : ""} ${digest} ${JSON.stringify(requests)}`;
    this.#same(`executed at ${seq}`, content, `replica ${id}`);
    for (const request of requests) {
      const key = `${request.client}/${request.timestamp}`;
      this.#same(`place of ${key}`, String(seq), `replica ${id}`);
      this.#same(`results of ${key}`, JSON.stringify(request.results), `replica ${id}`);
    }
  }

  #forward(id: number, view: number): void {
    const before = this.#views.get(id) ?? 0;
    if (view < before) throw new Error(`replica ${id} went back from view ${before} to ${view}`);
    this.#views.set(id, view);
  }

  #same(what: string, value: string, who: string): void {
    this.checks += 1;
    const known = this.#said.get(what);
    if (known !== undefined && known !== value) throw new Error(`${what}: ${who} says ${value}, said before was ${known}`);
    this.#said.set(what, value);
  }
}
