import type { ServiceFacts } from "./facts/facts.js";
import { Groups } from "./groups.js";
import type { History, HistoryOperation } from "./history.js";

/**
 * Requests that have to be ordered together. A history is linearizable exactly when each of its parts is, because no request
 * depends on a key of another part (Herlihy & Wing '90, "locality").
 */
export interface Part {
  /** For a person: `key x`, `keys x, y and 3 more`, `everything`. */
  readonly name: string;
  readonly operations: History;
}

/** The parts of a history, the smallest first. */
export function partsOf(history: History, facts: ServiceFacts): readonly Part[] {
  const touched: (readonly string[])[] = [];
  const prefixes = new Set<string>();
  for (const { operations } of history) {
    const touches = operations.map((operation) => facts.touches(operation));
    // One that may touch everything joins everything.
    if (touches.includes(null)) return [{ name: "everything", operations: history }];
    touched.push(touches.flatMap((each) => (each === null ? [] : [...each.keys, ...each.prefixes])));
    for (const each of touches) for (const prefix of each?.prefixes ?? []) prefixes.add(prefix);
  }
  const groups = new KeyGroups(touched, prefixes);
  const parts = new Map<number | null, HistoryOperation[]>();
  for (const [i, request] of history.entries()) {
    const group = groups.of(touched[i] ?? []);
    const members = parts.get(group);
    if (members === undefined) parts.set(group, [request]);
    else members.push(request);
  }
  const names = groups.names();
  return [...parts]
    .map(([group, operations]) => ({ name: group === null ? "no key" : (names.get(group) ?? ""), operations }))
    .sort((a, b) => a.operations.length - b.operations.length);
}

/** Keys, joined where one request touches several. */
class KeyGroups {
  /** In order. A prefix stands among the keys as itself, before all that begin with it. */
  readonly #keys: readonly string[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #groups: Groups;

  constructor(touched: readonly (readonly string[])[], prefixes: ReadonlySet<string>) {
    this.#keys = [...new Set(touched.flat())].sort((a, b) => (a < b ? -1 : 1));
    this.#index = new Map(this.#keys.map((key, i) => [key, i]));
    this.#groups = new Groups(this.#keys.length);
    this.#joinPrefixes(prefixes);
    for (const keys of touched) for (const key of keys) this.#groups.join(this.#place(key), this.#place(keys[0] ?? key));
  }

  /** The one group of keys that a request touches; null when it touches none. */
  of(keys: readonly string[]): number | null {
    return keys[0] === undefined ? null : this.#groups.of(this.#place(keys[0]));
  }

  names(): ReadonlyMap<number, string> {
    const members = new Map<number, string[]>();
    for (const [i, key] of this.#keys.entries()) {
      const group = this.#groups.of(i);
      const keys = members.get(group);
      if (keys === undefined) members.set(group, [key]);
      else keys.push(key);
    }
    return new Map([...members].map(([group, keys]) => [group, nameOfKeys(keys)]));
  }

  #place(key: string): number {
    return this.#index.get(key) as number;
  }

  /** Keys with one prefix follow one another in order: each is joined to the one before it, wherever a prefix covers both. */
  #joinPrefixes(prefixes: ReadonlySet<string>): void {
    const open: string[] = [];
    for (const [i, key] of this.#keys.entries()) {
      while (open.length > 0 && !key.startsWith(open.at(-1) as string)) open.pop();
      if (open.length > 0) this.#groups.join(i, i - 1);
      if (prefixes.has(key)) open.push(key);
    }
  }
}

function nameOfKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, 3).map((key) => (key.length > 40 ? `${key.slice(0, 40).toWellFormed()}…` : key || '""'));
  const more = keys.length - shown.length;
  if (keys.length === 1) return `key ${shown.join()}`;
  return `keys ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
