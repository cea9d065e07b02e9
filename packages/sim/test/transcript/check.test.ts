import type { TraceEvent } from "@bft/core";
import type { Plan, SimulationReport, Violation } from "@bft/sim";
import { expect } from "chai";
import { differenceFrom, type TracedRun, tracedRun } from "../../src/transcript/check.js";
import { formatEvent } from "../../src/transcript/event.js";
import { SAMPLE } from "./plans.js";

const violation: Violation = { checker: "agreement", at: 5, what: "two batches at 1", replicas: [0, 2], seq: 1 };
const stats = { simulatedMs: 5, delivered: 0, executed: 0, answered: 0, view: 0, crashes: 0, transfers: 0, lies: 0 };
const crashed: TraceEvent = { at: 1, kind: "crashed", replica: 2 };
const delivered: TraceEvent = { at: 2, kind: "delivered", id: "ab12", from: "replica 0", to: "replica 1", message: "prepare" };

function report(found: Violation | null): SimulationReport {
  return { plan: SAMPLE, violation: found, undecided: false, stats };
}

describe("a transcript and a run", () => {
  const run: TracedRun = { report: report(violation), trace: [formatEvent(crashed)] };
  const expected = { purpose: "p", plan: SAMPLE, violated: "agreement", trace: run.trace };

  it("keeps the important events up to the violation", () => {
    const all: TraceEvent[] = [];
    const simulate = (plan: Plan, onEvent: (event: TraceEvent) => void) => {
      expect(plan).to.equal(SAMPLE);
      onEvent(crashed);
      onEvent(delivered);
      // The violation is at 5.
      onEvent({ ...crashed, at: 6 });
      return report(violation);
    };
    expect(tracedRun(SAMPLE, simulate, (event) => all.push(event))).to.deep.equal(run);
    expect(all).to.have.length(3);
  });

  it("agree, with a trace and without", () => {
    expect(differenceFrom(expected, run)).to.equal(null);
    expect(differenceFrom({ ...expected, trace: null }, run)).to.equal(null);
  });

  it("differ in the verdict", () => {
    expect(differenceFrom({ ...expected, violated: null }, run)).to.equal(
      'the verdict is "agreement violated" (two batches at 1), and the transcript expects "holds"',
    );
    expect(differenceFrom(expected, { ...run, report: report(null) })).to.equal(
      'the verdict is "holds", and the transcript expects "agreement violated"',
    );
  });

  it("differ in the trace: in a line, before its end, or after it", () => {
    expect(differenceFrom({ ...expected, trace: ["other"] }, run)).to.match(
      /in its line 1: there is ".*crashes", and .* expects "other"/,
    );
    expect(differenceFrom({ ...expected, trace: [...run.trace, "more"] }, run)).to.match(/line 2: there is the end, .* "more"/);
    expect(differenceFrom({ ...expected, trace: [] }, run)).to.match(/line 1: there is ".*", and the transcript expects the end/);
  });
});
