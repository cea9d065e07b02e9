import type { Outcome } from "@bft/sim/scenario";
import { expect } from "chai";
import { figuresOf } from "../../src/services/compare-figures.js";

function outcome(latencies: readonly (number | null)[], rest: Partial<Outcome> = {}): Outcome {
  return {
    scenario: "mine",
    protocol: "raft",
    system: { replicas: 3, faults: 1, quorum: 2, weakQuorum: 2 },
    withoutLies: false,
    verdict: "held",
    entries: [],
    requests: latencies.map((latencyMs) => ({
      name: null,
      operations: ["get x"],
      submittedAt: 0,
      answer: latencyMs === null ? null : { results: [], seq: 1, latencyMs },
    })),
    liars: [],
    violations: [],
    why: null,
    agreement: "held",
    divergence: null,
    linearizable: true,
    cost: { messages: 30, operations: 4, lies: 0 },
    elapsedMs: 100,
    ...rest,
  };
}

describe("the figures of a comparison", () => {
  it("messages per operation, and the median latency of what was answered", () => {
    expect(figuresOf(outcome([9, null, 5, 30]))).to.deep.equal({
      messagesPerOperation: 7.5,
      medianLatencyMs: 9,
      answered: 3,
      requests: 4,
      found: [],
    });
    expect(figuresOf(outcome([4, 10])).medianLatencyMs).to.equal(7);
  });

  it("are none where nothing was answered: no division by zero, no made-up number", () => {
    const nothing = figuresOf(outcome([null], { cost: { messages: 30, operations: 0, lies: 0 } }));
    expect(nothing).to.deep.include({ messagesPerOperation: null, medianLatencyMs: null, answered: 0, requests: 1 });
  });

  it("each checker that found something once, with the first that it found", () => {
    const violation = (checker: string, what: string) => ({ checker, what, at: 0, replicas: [], seq: null });
    const { found } = figuresOf(
      outcome([], { violations: [violation("agreement", "a"), violation("validity", "b"), violation("agreement", "c")] }),
    );
    expect(found).to.deep.equal([
      { checker: "agreement", what: "a" },
      { checker: "validity", what: "b" },
    ]);
  });
});
