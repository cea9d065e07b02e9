import type { Plan } from "../plan/plan.js";
import { type Change, changed, firstOf, type Search } from "./pass.js";

/**
 * A shorter run. The time to finish after the heal stays: with less of it a cluster in which nothing is wrong would be too slow.
 */
export function* shorterTime(plan: Plan): Search<Plan> {
  let best = yield* firstOf(plan, earlierHeals(plan));
  for (let before: Plan | null = null; before !== best; ) {
    before = best;
    best = yield* changed(best, [(now) => atTimes(now, (at) => Math.floor(at / 2))]);
  }
  best = yield* changed(
    best,
    best.actions.map(
      (_, index): Change =>
        (now) =>
          withoutWait(now, index),
    ),
  );
  return yield* firstOf(
    best,
    [1000, 100, 10, 1].map((unit) => atTimes(best, (at) => Math.floor(at / unit) * unit)),
  );
}

/** The heal right after the last action, or as near to it as can be. */
function earlierHeals(plan: Plan): Plan[] {
  const last = plan.actions.at(-1)?.at ?? 0;
  const spare = plan.heal.at - last;
  return [0, 0.125, 0.25, 0.5].map((part) => ({
    ...plan,
    heal: { ...plan.heal, at: Math.min(plan.heal.at, last + Math.ceil(spare * part)) },
  }));
}

/** All times through a function that keeps their order. */
function atTimes(plan: Plan, time: (at: number) => number): Plan {
  return {
    ...plan,
    actions: plan.actions.map((action) => ({ ...action, at: time(action.at) })),
    heal: { ...plan.heal, at: time(plan.heal.at) },
  };
}

/** Action `index` at the time of the one before it, all later ones as much earlier. */
function withoutWait(plan: Plan, index: number): Plan {
  const wait = (plan.actions[index]?.at ?? 0) - (plan.actions[index - 1]?.at ?? 0);
  return {
    ...plan,
    actions: plan.actions.map((action, i) => (i < index ? action : { ...action, at: action.at - wait })),
    heal: { ...plan.heal, at: plan.heal.at - wait },
  };
}
