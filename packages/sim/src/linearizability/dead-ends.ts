import type { Model, State } from "./model.js";
import type { Remaining } from "./remaining.js";
import type { Unproven } from "./search.js";

interface Position {
  readonly state: State;
  readonly unproven: Unproven | null;
  readonly highest: number;
}

/** Positions from which no order goes on to the end: whoever comes there again, in whatever order, turns back. */
export class DeadEnds {
  readonly #model: Model;
  readonly #known = new Map<string, Position[]>();

  constructor(model: Model) {
    this.#model = model;
  }

  add(remaining: Remaining, used: readonly number[], { state, unproven, highest }: Position): void {
    const key = keyOf(remaining, used, highest);
    const position = { state, unproven, highest };
    const others = this.#known.get(key);
    if (others === undefined) this.#known.set(key, [position]);
    else others.push(position);
  }

  has(remaining: Remaining, used: readonly number[], { state, unproven, highest }: Position): boolean {
    if (this.#known.size === 0) return false;
    const others = this.#known.get(keyOf(remaining, used, highest)) ?? [];
    return others.some((other) => this.#model.equal(other.state, state) && this.#covers(other.unproven, unproven));
  }

  /** What has to be proven forbids some continuations: the dead end holds where at least as many are forbidden. */
  #covers(dead: Unproven | null, now: Unproven | null): boolean {
    if (dead === null) return true;
    // How many stand one after the other, and their groups, bound what may come: they are part of it.
    if (now === null || dead.maybe !== now.maybe || dead.length > now.length) return false;
    return dead.groups.every((group) => now.groups.includes(group)) && this.#model.equal(dead.before, now.before);
  }
}

/**
 * Which requests are ordered: all up to the highest but the holes. Few, for each hole was open when the highest was handed in.
 */
function keyOf(remaining: Remaining, used: readonly number[], highest: number): string {
  let key = String(highest);
  for (let at = remaining.first; at !== null && at < highest; at = remaining.after(at)) key += `,${at}`;
  for (let m = 0; m < used.length; m++) if (used[m] !== 0) key += `;${m}:${used[m]}`;
  return key;
}
