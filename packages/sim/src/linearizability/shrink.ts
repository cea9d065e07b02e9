import type { ServiceFacts } from "./facts/facts.js";
import { answered, type History, type HistoryOperation } from "./history.js";
import { leavable } from "./leave-out.js";

/**
 * A smallest part of a history that can not be ordered. `fails` says whether a history can not; it may say false when it does
 * not know. Only what keeps the proof honest is done: if the history could be ordered, then so could what is left of it.
 *
 * - The history ends with the first answer that can not be explained: what was not answered by then may have had no effect.
 * - Requests are left out which change nothing, or whose effect none of those that stay can have seen. A write that somebody
 *   saw stays: without it the seeing alone would be wrong, which says nothing about the history.
 */
export function smallestOffending(history: History, facts: ServiceFacts, fails: (history: History) => boolean): History {
  let kept = aloneWithItsSources(firstFailing(history, fails), facts, fails);
  for (let before = Number.POSITIVE_INFINITY; kept.length < before; ) {
    before = kept.length;
    kept = thinned(kept, facts, fails);
  }
  return kept;
}

/** Whatever begins a history that can be ordered can be ordered: so halving finds the first beginning that can not. */
function firstFailing(history: History, fails: (history: History) => boolean): History {
  const answers = history.filter(answered).map(({ returned }) => returned);
  answers.sort((a, b) => a - b);
  let [low, high] = [0, answers.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fails(until(history, answers[middle] as number))) high = middle;
    else low = middle + 1;
  }
  const beginning = until(history, answers[high] ?? Number.POSITIVE_INFINITY);
  return high < answers.length - 1 && fails(beginning) ? beginning : history;
}

/** What the clients had seen at that time. */
function until(history: History, at: number): History {
  return history
    .filter(({ invoked }) => invoked <= at)
    .map((request) => (request.returned !== null && request.returned > at ? unanswered(request) : request));
}

function unanswered(request: HistoryOperation): HistoryOperation {
  return { ...request, returned: null, results: null };
}

/** Only the last answer and what it can come from, when that is wrong already: a value that nobody wrote, for example. */
function aloneWithItsSources(history: History, facts: ServiceFacts, fails: (history: History) => boolean): History {
  const last = history.reduce(
    (a, b) => ((b.returned ?? -Infinity) > (a.returned ?? -Infinity) ? b : a),
    history[0] as HistoryOperation,
  );
  const out = leavable(history, new Set(history.filter((request) => request !== last)), facts);
  const rest = history.filter((request) => !out.has(request));
  return fails(rest) ? rest : history;
}

/** Leaves out in ever smaller chunks (Zeller's delta debugging). */
function thinned(history: History, facts: ServiceFacts, fails: (history: History) => boolean): History {
  let kept = history;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // Who uses more than one fact comes first, so that such go together: each of them keeps the others.
    const uses = (request: HistoryOperation) => Number((facts.exchange(request)?.usesValuesOf.length ?? 0) > 0);
    const candidates = kept.toSorted((a, b) => uses(b) - uses(a));
    for (let i = 0; i < candidates.length; i += size) {
      const out = leavable(kept, new Set(candidates.slice(i, i + size)), facts);
      const rest = kept.filter((request) => !out.has(request));
      if (out.size > 0 && fails(rest)) kept = rest;
    }
  }
  return kept;
}
