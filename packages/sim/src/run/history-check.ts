import type { ExecutedRequest, Service, TraceEvent } from "@bft/core";
import type { Violation } from "../checkers/checker.js";
import { checkHistory, historyOf } from "../linearizability/index.js";
import { explains } from "./witness.js";

/** Operations that may be tried for one run: its histories are short. */
const STEPS_MAX = 500_000;

/** Is what the correct clients were told linearizable? Judged at the end of a run. */
export class HistoryCheck {
  readonly #service: Service;
  readonly #events: TraceEvent[] = [];
  readonly #liars: ReadonlySet<number>;
  /** What was executed, in order, as the first correct replica to get there tells it. */
  readonly #executed: ExecutedRequest[] = [];
  #lastExecuted = 0;
  /** True when no verdict was found within the budget. */
  undecided = false;

  constructor(service: Service, liars: readonly number[]) {
    this.#service = service;
    this.#liars = new Set(liars);
  }

  observe(event: TraceEvent): void {
    switch (event.kind) {
      case "invoked":
      case "answered":
      case "fell-back":
      case "client-behaves":
        this.#events.push(event);
        break;
      case "executed":
        if (event.seq !== this.#lastExecuted + 1 || this.#liars.has(event.replica)) break;
        this.#lastExecuted = event.seq;
        this.#executed.push(...event.requests);
    }
  }

  finish(at: number): Violation | null {
    const history = historyOf(this.#events);
    if (explains(this.#executed, history, this.#service)) return null;
    const verdict = checkHistory(history, { service: this.#service, budget: STEPS_MAX });
    this.undecided = verdict.verdict === "unknown";
    if (verdict.verdict !== "violated") return null;
    return { checker: "linearizability", at, what: verdict.explanation, replicas: [], seq: null };
  }
}
