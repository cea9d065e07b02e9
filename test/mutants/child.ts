import { pathToFileURL } from "node:url";
import type { Order, Report } from "./hunt.js";

/** A process of its own, because a mutant may run in circles: takes one order, runs its seeds in turn, stops at the first catch. */
process.once("message", async ({ simulator, seeds, pins, plan }: Order) => {
  const { drawPlan, simulate }: typeof import("@bft/sim") = await import(pathToFileURL(simulator).href);
  const tell = (report: Report) => process.send?.(report);
  for (const seed of seeds) {
    tell({ kind: "running", seed });
    const { violation } = simulate(plan ?? drawPlan(seed, pins));
    if (violation === null) continue;
    tell({ kind: "caught", by: { seed, checker: violation.checker, what: violation.what } });
    return process.disconnect();
  }
  tell({ kind: "survived" });
  process.disconnect();
});
