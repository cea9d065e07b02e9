import type { Violation } from "../checkers/checker.js";
import type { Plan } from "../plan/plan.js";
import { fewerActions, plainerActions } from "./actions.js";
import { fewerClients, fewerLiars, fewerReplicas, isWithinFaults } from "./cluster.js";
import { firstOf, type Pass } from "./pass.js";
import { calmerNetwork, oneAtATime, plainerSettings } from "./settings.js";
import { shorterTime } from "./time.js";

/** A plan to run, and how far the search has come. */
export interface ShrinkStep {
  readonly candidate: Plan;
  /** The smallest plan so far that gives the violation. */
  readonly best: Plan;
  /** Runs asked for before this one. */
  readonly runs: number;
}

export interface Shrunk {
  readonly plan: Plan;
  readonly violation: Violation;
  readonly runs: number;
  /** True: nothing that is tried makes it smaller. False: the runs were used up before that. */
  readonly minimal: boolean;
}

/**
 * Searches for the smallest plan that still gives the violation: one of the same checker. Each step is a plan to run, to be answered with the
 * violation that it gave, or null. Deterministic: the same answers, the same steps. Between two steps the caller may stop, and
 * has the best so far.
 */
export function* shrinkSteps(plan: Plan, violation: Violation, runsMax: number): Generator<ShrinkStep, Shrunk, Violation | null> {
  let [best, found, runs] = [plan, violation, 0];
  const seen = new Set([keyOf(plan)]);
  // A violation with f faulty replicas says much, one with more of them nothing: never from the one to the other.
  const mayBe = isWithinFaults(plan) ? isWithinFaults : () => true;
  for (;;) {
    const before = best;
    for (const pass of passesFor(found)) {
      const search = pass(best);
      let step = search.next();
      while (!step.done) {
        const candidate = step.value;
        const key = keyOf(candidate);
        let fails = false;
        // What was run once gives the same again, and `best` itself is not smaller.
        if (!seen.has(key) && mayBe(candidate)) {
          if (runs >= runsMax) return { plan: best, violation: found, runs, minimal: false };
          seen.add(key);
          const answer = yield { candidate, best, runs };
          runs += 1;
          if (answer !== null && isSameViolation(found, answer)) {
            fails = true;
            [best, found] = [candidate, answer];
          }
        }
        step = search.next(fails);
      }
    }
    if (best === before) return { plan: best, violation: found, runs, minimal: true };
  }
}

/**
 * Whether a violation is the one that is looked for. Two executions that differ are what two certificates that conflict come to in
 * the end: the same harm, and plainer to see.
 */
export function isSameViolation(sought: Violation, found: Violation): boolean {
  return found.checker === sought.checker || (sought.checker === "certificates" && found.checker === "agreement");
}

/** What is the most work to understand goes first. */
function passesFor(violation: Violation): readonly Pass[] {
  const aboutTime = violation.checker === "liveness";
  return [
    (plan) => firstOf(plan, [upTo(plan, violation.at)]),
    fewerActions,
    fewerReplicas,
    fewerLiars,
    fewerClients,
    calmerNetwork,
    plainerSettings,
    ...(aboutTime ? [] : [oneAtATime]),
    plainerActions,
    shorterTime,
  ];
}

/** Without what comes after the violation. */
function upTo(plan: Plan, at: number): Plan {
  return { ...plan, actions: plan.actions.filter((action) => action.at <= at) };
}

function keyOf(plan: Plan): string {
  return JSON.stringify(plan);
}
