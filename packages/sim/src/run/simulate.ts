import { type MessageBase, SERVICES, type TraceEvent } from "@bft/core";
import type { Violation } from "../checkers/checker.js";
import { Checks } from "../checkers/index.js";
import { lyingReplicas, type Plan } from "../plan/plan.js";
import { simProtocolNamed } from "../protocols/all.js";
import { factsOf } from "../protocols/facts.js";
import type { SimProtocol } from "../protocols/protocol.js";
import { World } from "../world/world.js";
import { HistoryCheck } from "./history-check.js";

export interface SimulationReport {
  readonly plan: Plan;
  /** The first thing that must not be and was, or null: all checks hold. */
  readonly violation: Violation | null;
  /** Whether the client history is linearizable was not found out within a budget; everything else was judged. */
  readonly undecided: boolean;
  readonly stats: SimulationStats;
}

export interface SimulationStats {
  /** Virtual. */
  readonly simulatedMs: number;
  readonly delivered: number;
  /** Highest sequence number that a replica executed. */
  readonly executed: number;
  readonly answered: number;
  /** Highest view that a replica entered. */
  readonly view: number;
  readonly crashes: number;
  readonly transfers: number;
  /** Inputs on which a liar did something else than an honest replica. */
  readonly lies: number;
}

/**
 * Runs a plan to its end, or to the first violation, and judges it as it goes.
 * @param onEvent gets every event of the trace; without it the ways of single messages are not told, which is faster
 * @throws RangeError when the plan names a protocol, service or behaviour that there is not
 */
export function simulate(plan: Plan, onEvent: ((event: TraceEvent) => void) | null = null): SimulationReport {
  return run(plan, simProtocolNamed(plan.protocol), onEvent);
}

function run<M extends MessageBase>(
  plan: Plan,
  protocol: SimProtocol<M>,
  onEvent: ((event: TraceEvent) => void) | null,
): SimulationReport {
  const service = SERVICES.get(plan.service);
  if (service === undefined)
    throw new RangeError(`there is no service "${plan.service}"; there are: ${[...SERVICES.keys()].join(", ")}`);
  const checks = new Checks(factsOf(plan, protocol.core));
  const history = new HistoryCheck(service, lyingReplicas(plan));
  let [violation, executed, view]: [Violation | null, number, number] = [null, 0, 0];
  const world: World<M> = new World(
    plan,
    protocol,
    service,
    (at, happening) => {
      const event: TraceEvent = { at, ...happening };
      onEvent?.(event);
      if (violation !== null) return;
      if (event.kind === "executed") executed = Math.max(executed, event.seq);
      if (event.kind === "view-entered") view = Math.max(view, event.view);
      history.observe(event);
      violation = checks.observe(event);
      if (violation !== null) world.end();
    },
    onEvent !== null,
  );
  world.run();
  const at = world.scheduler.now;
  violation ??= checks.finish(at) ?? history.finish(at);
  const sum = (count: (replica: (typeof world.replicas)[number]) => number) =>
    world.replicas.reduce((total, replica) => total + count(replica), 0);
  return {
    plan,
    violation,
    undecided: history.undecided,
    stats: {
      simulatedMs: at,
      delivered: world.delivered,
      executed,
      answered: world.clients.reduce((total, client) => total + client.answered, 0),
      view,
      crashes: sum(({ crashes }) => crashes),
      transfers: sum(({ transfers }) => transfers),
      lies: sum(({ lies }) => lies),
    },
  };
}
