import { changesNothing, type Exchange, factName, type ServiceFacts } from "./facts/facts.js";
import type { History, HistoryOperation } from "./history.js";

/**
 * Which of `chosen` may all be left out of `history` without making a right history wrong: none that stays uses what one of
 * them leaves behind. Take an order that explains the history: what each of the others used was brought about by one that
 * stays, or stood from the beginning, and still nothing comes between.
 */
export function leavable(
  history: History,
  chosen: ReadonlySet<HistoryOperation>,
  facts: ServiceFacts,
): ReadonlySet<HistoryOperation> {
  const left = new Map<HistoryOperation, Exchange | null>();
  const used = new Used();
  for (const request of history) {
    const exchange = facts.exchange(request);
    if (chosen.has(request) && (exchange !== null || changesNothing(facts, request))) left.set(request, exchange);
    else used.add(exchange);
  }
  // Who stays after all uses more.
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [request, exchange] of left) {
      if (changesNothing(facts, request) || !used.some(exchange)) continue;
      left.delete(request);
      used.add(exchange);
    }
  }
  return new Set(left.keys());
}

class Used {
  readonly #facts = new Set<string>();
  readonly #keys = new Set<string>();
  #everything = false;

  /** null: nobody knows what it uses. */
  add(exchange: Exchange | null): void {
    if (exchange === null || exchange.usesEverything) this.#everything = true;
    for (const fact of exchange?.uses ?? []) this.#facts.add(factName(fact));
    for (const key of exchange?.usesValuesOf ?? []) this.#keys.add(key);
  }

  /** True when something that this leaves behind is used. */
  some(exchange: Exchange | null): boolean {
    if (this.#everything || exchange === null) return true;
    return exchange.leaves.some((fact) => this.#facts.has(factName(fact)) || (fact.value !== null && this.#keys.has(fact.key)));
  }
}
