import type { Plan } from "../plan/plan.js";

/** Proposes smaller things, one after another, is told after each whether it still fails, and returns the smallest that did. */
export type Search<T> = Generator<T, T, boolean>;

/** One way to make a plan smaller. */
export type Pass = (plan: Plan) => Search<Plan>;

/** A smaller plan, or null when there is nothing to change. */
export type Change = (plan: Plan) => Plan | null;

/** Each change in turn, on what the ones before it left. */
export function* changed(plan: Plan, changes: Iterable<Change>): Search<Plan> {
  let best = plan;
  for (const change of changes) {
    const candidate = change(best);
    if (candidate !== null && (yield candidate)) best = candidate;
  }
  return best;
}

/** The first of some plans that still fails, or `plan`. */
export function* firstOf(plan: Plan, candidates: Iterable<Plan>): Search<Plan> {
  for (const candidate of candidates) if (yield candidate) return candidate;
  return plan;
}

/**
 * Delta debugging: leaves out ever smaller pieces, half of all first and one by one in the end, the last ones first because they
 * depend on the earlier ones.
 */
export function* withoutSome<T>(items: readonly T[]): Search<readonly T[]> {
  let kept = items;
  for (let size = items.length; size >= 1; size = Math.floor(size / 2)) {
    for (let end = kept.length; end > 0; end -= size) {
      const candidate = [...kept.slice(0, Math.max(0, end - size)), ...kept.slice(end)];
      if (yield candidate) kept = candidate;
    }
  }
  return kept;
}

/** A search over parts as a search over what they are a part of. */
export function* mapped<T, U>(search: Search<T>, whole: (part: T) => U): Search<U> {
  let step = search.next();
  while (!step.done) step = search.next(yield whole(step.value));
  return whole(step.value);
}
