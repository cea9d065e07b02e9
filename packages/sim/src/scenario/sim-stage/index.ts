import {
  type Happening,
  type MachineStatus,
  type MessageBase,
  type ProtocolName,
  type QuorumSystem,
  SERVICES,
  type TraceEvent,
} from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { Checks } from "../../checkers/index.js";
import type { Plan } from "../../plan/plan.js";
import { simProtocolNamed } from "../../protocols/all.js";
import { factsOf } from "../../protocols/facts.js";
import { HistoryCheck } from "../../run/history-check.js";
import { World } from "../../world/world.js";
import type { Answer, Judgement, Stage } from "../stage.js";
import { quietPlan, type SimStageOptions } from "./plan.js";

export type { SimStageOptions } from "./plan.js";

/** The one client of a simulated stage. */
const CLIENT = 0;

/**
 * A cluster in virtual time: everything that is asked of it happens at once, and time goes on while one waits. The same options and the
 * same doings give the same story.
 * @throws RangeError when there is no such protocol or service
 */
export function simStage(options: SimStageOptions): Stage {
  return new SimStage(options);
}

class SimStage implements Stage {
  readonly protocol: ProtocolName;
  readonly system: QuorumSystem;
  readonly #plan: Plan;
  readonly #world: World<MessageBase>;
  readonly #events: TraceEvent[] = [];
  readonly #requests: { timestamp: number | null; invokedAt: number; answer: Answer | null }[] = [];
  /** Those that lie at this moment. */
  readonly #lying = new Set<number>();
  #invoked = 0;
  #operations = 0;

  constructor(options: SimStageOptions) {
    this.#plan = quietPlan(options);
    const { replicas, faults, protocol, service } = this.#plan;
    this.protocol = options.protocol;
    this.system = protocolNamed(protocol).quorums(replicas, faults);
    this.#world = new World(
      this.#plan,
      simProtocolNamed(protocol),
      serviceNamed(service),
      (at, happening) => this.#onHappening(at, happening),
      false,
    );
    this.#world.begin();
  }

  get now(): number {
    return this.#world.scheduler.now;
  }

  async submit(operations: readonly string[]): Promise<number> {
    const request = this.#requests.push({ timestamp: null, invokedAt: this.now, answer: null }) - 1;
    this.#world.carryOut({ kind: "submit", client: CLIENT, operations, readOnly: false });
    return request;
  }

  answer(request: number): Answer | null {
    return this.#requests[request]?.answer ?? null;
  }

  async kill(replicas: readonly number[]): Promise<void> {
    for (const replica of replicas) this.#world.carryOut({ kind: "crash", replica, effects: 0, torn: 0 });
  }

  async restart(replicas: readonly number[]): Promise<void> {
    for (const replica of replicas) {
      this.#world.carryOut({ kind: "crash", replica, effects: 0, torn: 0 });
      // A process that is started anew is honest.
      if (this.#lying.has(replica)) this.#behave(replica, null, []);
      this.#world.carryOut({ kind: "restart", replica });
    }
  }

  async lie(replicas: readonly number[], behaviour: string | null): Promise<void> {
    for (const replica of replicas) this.#behave(replica, behaviour, replicas);
  }

  async partition(groups: readonly (readonly number[])[]): Promise<void> {
    this.#world.carryOut({ kind: "mend" });
    const named = new Set(groups.flat());
    const alone = this.#world.replicas.filter(({ id }) => !named.has(id)).map(({ id }) => [id as number]);
    const all = [...groups, ...alone];
    for (const from of all) for (const to of all) if (from !== to) this.#world.carryOut({ kind: "cut", from, to });
  }

  async heal(): Promise<void> {
    this.#world.carryOut({ kind: "mend" });
  }

  async look(): Promise<readonly (MachineStatus | null)[]> {
    return this.#world.replicas.map((replica) => replica.status());
  }

  async wait(ms: number): Promise<void> {
    this.#world.scheduler.runTo(this.now + ms);
  }

  async judge(): Promise<Judgement> {
    const checks = new Checks({ ...factsOf(this.#plan, protocolNamed(this.protocol)), calm: false });
    const liars = this.#events.flatMap((event) => (event.kind === "behaves" && event.behaviour !== null ? [event.replica] : []));
    const history = new HistoryCheck(serviceNamed(this.#plan.service), liars);
    const found = this.#events.map((event) => {
      history.observe(event);
      return checks.observe(event);
    });
    const nonlinear = history.finish(this.now);
    const violations = [...found, checks.finish(this.now), nonlinear].filter((each) => each !== null);
    return {
      violations,
      linearizable: history.undecided ? null : nonlinear === null,
      events: [...this.#events],
      cost: { messages: this.#world.sent, operations: this.#operations },
      lies: this.#world.replicas.reduce((sum, { lies }) => sum + lies, 0),
    };
  }

  async close(): Promise<void> {
    this.#world.end();
  }

  #behave(replica: number, behaviour: string | null, accomplices: readonly number[]): void {
    this.#world.behave(replica, behaviour, accomplices);
    if (behaviour === null) this.#lying.delete(replica);
    else this.#lying.add(replica);
  }

  #onHappening(at: number, happening: Happening): void {
    const event: TraceEvent = { at, ...happening };
    this.#events.push(event);
    if (event.kind === "invoked") {
      // A client hands its requests in in order.
      const request = this.#requests[this.#invoked++];
      if (request !== undefined) request.timestamp = event.timestamp;
    } else if (event.kind === "answered") {
      const request = this.#requests.find(({ timestamp }) => timestamp === event.timestamp);
      if (request === undefined) return;
      request.answer = { results: event.results, seq: event.seq, latencyMs: at - request.invokedAt };
      this.#operations += event.results.length;
    }
  }
}

function serviceNamed(name: string) {
  const service = SERVICES.get(name);
  if (service !== undefined) return service;
  throw new RangeError(`there is no service "${name}"; there are: ${[...SERVICES.keys()].join(", ")}`);
}
