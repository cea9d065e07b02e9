import { type Fact, factName, type ServiceFacts } from "./facts/facts.js";
import type { Model, State } from "./model.js";
import type { Timeline } from "./timeline.js";

/** Who needs a fact and who can bring it about; requests by their numbers. */
interface Account {
  readonly fact: Fact;
  /** In the order of their answers. */
  readonly needers: Waiting;
  /** In the order in which they were handed in. */
  readonly makers: Waiting;
  readonly maybes: number[];
}

/** Requests, of which the first `ordered` ones at least are ordered. */
interface Waiting {
  readonly requests: number[];
  ordered: number;
}

interface Place {
  readonly list: Waiting;
  readonly index: number;
}

/**
 * Sees early that an attempt is lost: a value that an answer still needs is overwritten, and all who could write it again were
 * handed in only after that answer.
 */
export class Foresight {
  readonly #model: Model;
  readonly #timeline: Timeline;
  readonly #accounts = new Map<string, Account>();
  /** By request and by maybe: the keys that it changes. */
  readonly #keys: readonly (readonly string[])[];
  readonly #maybeKeys: readonly (readonly string[])[];
  /** By request: where it stands in the accounts. */
  readonly #places: Place[][];
  readonly #isOrdered: Uint8Array;
  readonly #used: number[];

  constructor(model: Model, timeline: Timeline, facts: ServiceFacts) {
    const { originals, maybes, returned } = timeline;
    this.#model = model;
    this.#timeline = timeline;
    this.#isOrdered = new Uint8Array(originals.length);
    this.#used = maybes.map(() => 0);
    this.#places = originals.map(() => []);
    this.#keys = originals.map((request, i) => {
      const { needs = [], leaves = [] } = facts.exchange(request) ?? {};
      for (const fact of needs) this.#account(fact).needers.requests.push(i);
      for (const fact of leaves) this.#account(fact).makers.requests.push(i);
      return keysOf(leaves);
    });
    this.#maybeKeys = maybes.map(({ original }, m) => {
      const leaves = facts.exchange(original)?.leaves ?? [];
      for (const fact of leaves) this.#account(fact).maybes.push(m);
      return keysOf(leaves);
    });
    for (const { needers, makers } of this.#accounts.values()) {
      needers.requests.sort((a, b) => (returned[a] as number) - (returned[b] as number));
      for (const list of [needers, makers])
        for (const [index, request] of list.requests.entries()) this.#places[request]?.push({ list, index });
    }
  }

  /** True when an answer needs what neither stands in this state nor can come in time. */
  lost(state: State): boolean {
    for (const account of this.#accounts.values())
      if (this.#comesTooLate(account) && this.#model.valueAt(state, account.fact.key) !== account.fact.value) return true;
    return false;
  }

  /** True when this move, already told to `ordered`, has overwritten what is still needed and can not come again in time. */
  loses(move: number, before: State, after: State): boolean {
    for (const key of (move < 0 ? this.#maybeKeys[-1 - move] : this.#keys[move]) ?? []) {
      const value = this.#model.valueAt(before, key);
      const account = this.#accounts.get(factName({ key, value }));
      if (account === undefined || !this.#comesTooLate(account)) continue;
      if (this.#model.valueAt(after, key) !== value) return true;
    }
    return false;
  }

  ordered(move: number): void {
    if (move < 0) this.#used[-1 - move] = (this.#used[-1 - move] as number) + 1;
    else this.#isOrdered[move] = 1;
  }

  unordered(move: number): void {
    if (move < 0) {
      this.#used[-1 - move] = (this.#used[-1 - move] as number) - 1;
      return;
    }
    this.#isOrdered[move] = 0;
    for (const { list, index } of this.#places[move] ?? []) list.ordered = Math.min(list.ordered, index);
  }

  #comesTooLate({ needers, makers, maybes }: Account): boolean {
    const { invoked, returned, maybes: kinds } = this.#timeline;
    const needer = this.#firstWaiting(needers);
    if (needer === undefined) return false;
    const answer = returned[needer] as number;
    const maker = this.#firstWaiting(makers);
    if (maker !== undefined && (invoked[maker] as number) < answer) return false;
    return !maybes.some((m) => (kinds[m]?.invoked[this.#used[m] as number] ?? Number.POSITIVE_INFINITY) < answer);
  }

  #firstWaiting(list: Waiting): number | undefined {
    while (this.#isOrdered[list.requests[list.ordered] as number] === 1) list.ordered += 1;
    return list.requests[list.ordered];
  }

  #account(fact: Fact): Account {
    const name = factName(fact);
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const account: Account = {
      fact,
      needers: { requests: [], ordered: 0 },
      makers: { requests: [], ordered: 0 },
      maybes: [],
    };
    this.#accounts.set(name, account);
    return account;
  }
}

function keysOf(facts: readonly Fact[]): readonly string[] {
  return [...new Set(facts.map(({ key }) => key))];
}
