import type { Action, Plan } from "../plan/plan.js";
import { mapped, type Pass, type Search, withoutSome } from "./pass.js";

/** Fewer actions. */
export const fewerActions: Pass = (plan) => mapped(withoutSome(plan.actions), (actions) => ({ ...plan, actions }));

/** Each action by itself: fewer operations, shorter cuts, crashes at once and with a whole disk. */
export function* plainerActions(plan: Plan): Search<Plan> {
  let best = plan;
  for (const [index, action] of plan.actions.entries()) {
    const { actions } = best;
    best = yield* mapped(plainer(action), (other) => ({ ...plan, actions: actions.with(index, other) }));
  }
  return best;
}

function* plainer(action: Action): Search<Action> {
  switch (action.kind) {
    case "submit":
      return yield* mapped(someOf(action.operations), (operations) => ({ ...action, operations }));
    case "cut":
    case "clog": {
      const best = yield* mapped(someOf(action.from), (from) => ({ ...action, from }));
      return yield* mapped(someOf(action.to), (to) => ({ ...best, to }));
    }
    case "crash": {
      const atOnce = { ...action, effects: 0 };
      const best = (yield atOnce) ? atOnce : action;
      const whole = { ...best, torn: 0 };
      return (yield whole) ? whole : best;
    }
    case "restart":
    case "wipe":
    case "mend":
    case "slow":
      return action;
  }
}

/** As `withoutSome`, but never none. */
function* someOf<T>(items: readonly T[]): Search<readonly T[]> {
  const search = withoutSome(items);
  let step = search.next();
  while (!step.done) step = search.next(step.value.length > 0 && (yield step.value));
  return step.value;
}
