import { expect } from "chai";
import { Measurement } from "../../../src/services/bench/measurement.js";

const REQUEST = { operations: ["add 1", "add 1"], readOnly: false };

function answered(at: number, latencyMs = 1, refused: number | null = 0) {
  return { request: REQUEST, intendedAt: at - latencyMs, at, refused };
}

describe("services/bench/measurement", () => {
  it("counts what is answered between the two moments, and nothing else", () => {
    const measurement = new Measurement(1_000, 2_000);
    for (const at of [999, 1_000, 1_500, 1_999, 2_000]) measurement.add(answered(at));
    const { operations, requests, seconds, operationsPerSecond } = measurement.figures();
    expect({ operations, requests, seconds, operationsPerSecond }).to.deep.equal({
      operations: 6,
      requests: 3,
      seconds: 1,
      operationsPerSecond: 6,
    });
  });

  it("percentiles of the latency, to three digits", () => {
    const measurement = new Measurement(0, 100_000);
    for (let ms = 1; ms <= 1_000; ms++) measurement.add(answered(50_000, ms));
    const { latencyMs } = measurement.figures();
    expect(latencyMs?.p50).to.be.closeTo(500, 1);
    expect(latencyMs?.p99).to.be.closeTo(990, 1);
    expect(latencyMs?.max).to.be.closeTo(1_000, 1);
    expect(latencyMs?.min).to.be.closeTo(1, 0.01);
  });

  it("refused operations and unanswered requests are counted; the latter are no throughput and have no latency", () => {
    const measurement = new Measurement(0, 1_000);
    measurement.add(answered(1, 1, 2));
    measurement.add(answered(2, 1, null));
    expect(measurement.figures()).to.deep.include({ refused: 2, unanswered: 1, requests: 1, operations: 2 });
    expect(new Measurement(0, 1).figures().latencyMs).to.equal(null);
  });

  it("throughput over time, in slices that are never shorter than a tenth of a second", () => {
    const measurement = new Measurement(0, 400);
    for (const at of [0, 50, 150, 399]) measurement.add(answered(at, 5));
    const { timeline } = measurement.figures();
    expect(timeline).to.deep.equal({ sliceMs: 100, operationsPerSecond: [40, 20, 0, 20], medianMs: [5, 5, null, 5] });
    expect(new Measurement(0, 600_000).figures().timeline.operationsPerSecond).to.have.lengthOf(60);
  });

  it("one that was stopped early is judged by the time that it had", () => {
    const measurement = new Measurement(0, 10_000);
    for (const at of [10, 20]) measurement.add(answered(at));
    const { seconds, operationsPerSecond, timeline } = measurement.figures(500);
    expect({ seconds, operationsPerSecond }).to.deep.equal({ seconds: 0.5, operationsPerSecond: 8 });
    expect(timeline.operationsPerSecond).to.have.lengthOf(3);
  });
});
