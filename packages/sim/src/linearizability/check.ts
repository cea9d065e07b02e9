import type { Service } from "@bft/core";
import { Budget } from "./budget.js";
import { explain } from "./explain.js";
import type { ServiceFacts } from "./facts/facts.js";
import { factsOf } from "./facts/index.js";
import { type History, nameOf } from "./history.js";
import { type Model, modelOf } from "./model.js";
import { type Part, partsOf } from "./partition.js";
import { flawOf } from "./sanity.js";
import { Search } from "./search.js";
import { smallestOffending } from "./shrink.js";
import { timelineOf } from "./timeline.js";

export type LinearizabilityVerdict =
  | { readonly verdict: "linearizable"; readonly parts: number; readonly steps: number }
  | {
      readonly verdict: "violated";
      /** Which part of the state: `key x`. */
      readonly part: string;
      /** A smallest set of requests that is wrong by itself. One that was answered only after the violation stands without answer. */
      readonly offending: History;
      /** Sentences for a person. */
      readonly explanation: string;
    }
  /** Neither an order nor a proof that there is none was found within the budget. */
  | { readonly verdict: "unknown"; readonly part: string; readonly steps: number };

export interface CheckOptions {
  /** The sequential specification, empty at first. */
  readonly service: Service;
  /** Operations that may be tried before the verdict is "unknown": `STEPS_MAX` is a good one. The finding of the smallest offending part gets as many again. */
  readonly budget: number;
}

/** Some seconds to a minute of search. */
export const STEPS_MAX = 5_000_000;

/**
 * Whether clients could have seen this from one service that executes their requests one at a time, each between its handing
 * in and its answer (Herlihy & Wing '90). Never throws for what a history says.
 */
export function checkHistory(history: History, { service, budget: steps }: CheckOptions): LinearizabilityVerdict {
  const flaw = flawOf(history);
  if (flaw !== null) return flawed(history, flaw);
  const facts = factsOf(service);
  const model = modelOf(service);
  const parts = partsOf(history, facts);
  let unknown: Part | null = null;
  let spent = 0;
  for (const [i, part] of parts.entries()) {
    // What smaller parts did not use is left to the larger ones.
    const budget = new Budget(Math.floor((steps - spent) / (parts.length - i)));
    const found = new Search(model, timelineOf(part.operations, facts), facts, budget).run();
    spent += budget.spent;
    if (found.kind === "no-order") return violated(part, model, facts, steps);
    if (found.kind === "gave-up") unknown ??= part;
  }
  if (unknown !== null) return { verdict: "unknown", part: unknown.name, steps: spent };
  return { verdict: "linearizable", parts: parts.length, steps: spent };
}

function violated(part: Part, model: Model, facts: ServiceFacts, steps: number): LinearizabilityVerdict {
  const budget = new Budget(steps);
  const search = (history: History, known: ServiceFacts, explains: boolean) =>
    new Search(model, timelineOf(history, known), known, budget, explains).run();
  const offending = smallestOffending(part.operations, facts, (history) => {
    // To prepare a search costs something too.
    budget.spend(history.length);
    return search(history, facts, false).kind === "no-order";
  });
  const found = search(offending, { ...facts, alike: (history) => history }, true);
  const furthest = found.kind === "no-order" ? found.furthest : null;
  return { verdict: "violated", part: part.name, offending, explanation: explain(part.name, offending, furthest, model) };
}

function flawed(history: History, flaw: NonNullable<ReturnType<typeof flawOf>>): LinearizabilityVerdict {
  const offending = history.slice(flaw.index, flaw.index + 1);
  const named = offending.map(nameOf).join();
  const explanation = `Operation ${flaw.index}, ${named}, can not have been seen by a correct client. ${flaw.what}.`;
  return { verdict: "violated", part: "the history itself", offending, explanation };
}
