import { type History, nameOf, resultsText } from "./history.js";
import type { Model } from "./model.js";
import type { Furthest } from "./search.js";

const SHOWN = 8;

/**
 * Why the offending requests can not be ordered, in sentences for a person. `furthest`: the best that was
 * found for them, or null when it is not known.
 */
export function explain(part: string, offending: History, furthest: Furthest | null, model: Model): string {
  const claim =
    offending.length === 1
      ? `This request on ${part} got an answer that is wrong at any time.`
      : `No order of these ${offending.length} requests on ${part} explains every answer, if each took effect between its handing in and its answer.`;
  if (furthest === null || furthest.stuck.results === null) return claim;
  const { ordered, state, stuck } = furthest;
  const right = resultsText(model.answer(state, stuck));
  return `${claim} ${best(ordered)} ${nameOf(stuck)} had to take effect: it got ${resultsText(furthest.stuck.results)}, where ${right} would be right.`;
}

function best(ordered: History): string {
  if (ordered.length === 0) return "From the empty state";
  const shown = ordered.slice(-SHOWN).map(nameOf).join(", then ");
  const hidden = ordered.length - SHOWN;
  return `The best order is ${hidden > 0 ? `${hidden} others, then ` : ""}${shown}; next`;
}
