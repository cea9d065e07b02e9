import type { TraceEvent } from "@bft/core";
import { CALM, drawPlan, type Pins, type Plan, simulate } from "@bft/sim";
import type { Chart } from "../../src/chart/chart.js";
import { drawn } from "../../src/chart/draw.js";
import type { ChartFacts, Selection } from "../../src/chart/selection.js";

/** A simulated run, as `bft sim replay --trace` writes it. */
export interface SimRun {
  readonly facts: ChartFacts;
  readonly events: readonly TraceEvent[];
}

/** One client, a few requests, four replicas of PBFT and nothing that goes wrong, unless something else is pinned. */
export function simRun(pins: Pins = {}, seed = 1, change: (plan: Plan) => Plan = (plan) => plan): SimRun {
  const plan = change(drawPlan(seed, { ...CALM, f: 1, clients: 1, requests: 3, reads: "ordered", ...pins }));
  const events: TraceEvent[] = [];
  simulate(plan, (event) => events.push(event));
  return { facts: { protocol: plan.protocol, replicas: plan.replicas, faults: plan.faults }, events };
}

/** @throws Error when the run does not tell of it */
export function chartIn({ facts, events }: SimRun, selection: Selection): Chart {
  const result = drawn(facts, selection, () => events);
  if (!result.ok) throw new Error(`not in the trace, which tells of ${JSON.stringify(result.known)}`);
  return result.chart;
}

/** A plan in which these replicas are cut off from the others from the start until it heals. */
export function without(...replicas: readonly number[]): (plan: Plan) => Plan {
  return (plan) => {
    const others = Array.from({ length: plan.replicas }, (_, id) => id).filter((id) => !replicas.includes(id));
    const cut = (from: readonly number[], to: readonly number[]) => ({ at: 0, kind: "cut", from, to }) as const;
    return { ...plan, actions: [cut(replicas, others), cut(others, replicas), ...plan.actions] };
  };
}
