import type { ServiceFacts } from "./facts/facts.js";
import { Groups } from "./groups.js";
import type { History, HistoryOperation } from "./history.js";

/**
 * Which requests without an answer can have to do with which answered ones: the keys that one of the former touches are a
 * group, and groups that share a key are one. A prefix counts as touching all.
 */
export class Relations {
  readonly #facts: ServiceFacts;
  readonly #places = new Map<string, number>();
  readonly #groups: Groups;
  /** True when one touches everything: then there is one group. */
  readonly #single: boolean;

  constructor(maybes: History, facts: ServiceFacts) {
    this.#facts = facts;
    const touched = maybes.map((request) => this.#keysOf(request));
    this.#single = touched.includes(null);
    for (const keys of touched) for (const key of keys ?? []) this.#places.set(key, this.#places.get(key) ?? this.#places.size);
    this.#groups = new Groups(this.#places.size);
    for (const keys of touched) for (const key of keys ?? []) this.#groups.join(this.#place(key), this.#place(keys?.[0] ?? key));
  }

  /** The groups of a request without an answer: its own one. */
  groupsOf(maybe: HistoryOperation): readonly number[] {
    return this.#single ? [0] : [...new Set(this.#known(this.#keysOf(maybe) ?? []))];
  }

  /** True when this request has to do with all of these groups. */
  concerns(request: HistoryOperation, groups: readonly number[]): boolean {
    if (this.#single) return true;
    const keys = this.#keysOf(request);
    if (keys === null) return true;
    const known = this.#known(keys);
    return groups.every((group) => known.includes(group));
  }

  #known(keys: readonly string[]): readonly number[] {
    return keys.filter((key) => this.#places.has(key)).map((key) => this.#groups.of(this.#place(key)));
  }

  #place(key: string): number {
    return this.#places.get(key) as number;
  }

  #keysOf({ operations }: HistoryOperation): readonly string[] | null {
    const touches = operations.map((operation) => this.#facts.touches(operation));
    if (touches.some((each) => each === null || each.prefixes.length > 0)) return null;
    return touches.flatMap((each) => each?.keys ?? []);
  }
}
