import { expect } from "chai";
import { nothingPast, type Past, withRoundTrips, withTime } from "../../src/watch/past.js";
import { throughput } from "../../src/watch/throughput.js";
import { isDown, runs, START_MS, said, seen, status } from "../support/fixtures.js";

const second = (past: Past, at: number, operations: number | null = 5) => withTime(past, operations, START_MS + at * 1000);

describe("watch/past", () => {
  it("is one moment a second, with the median of the round trips that were finished in it", () => {
    let past = second(nothingPast, 0, null);
    past = withTime(past, 7, START_MS + 500);
    expect(past.moments).to.deep.equal([{ second: START_MS / 1000, operations: null, roundTripMs: null }]);
    past = second(withRoundTrips(withRoundTrips(past, [9, 1]), [4]), 1);
    expect(past.moments.at(-1)).to.deep.equal({ second: START_MS / 1000 + 1, operations: 5, roundTripMs: 4 });
    expect(second(past, 2).moments.at(-1)?.roundTripMs).to.equal(null);
  });

  it("leaves out seconds in which this program slept", () => {
    const past = second(second(nothingPast, 0), 60);
    expect(past.moments.map((moment) => moment.second - START_MS / 1000)).to.deep.equal([0, 60]);
  });

  it("is bounded", () => {
    let past = nothingPast;
    for (let at = 0; at < 1000; at++) past = second(past, at);
    expect(past.moments).to.have.length(180);
    expect(
      withRoundTrips(
        past,
        Array.from({ length: 5000 }, () => 1),
      ).roundTrips,
    ).to.have.length(1000);
  });

  it("takes as throughput what the median honest replica executes, not what one does that makes up for what it missed", () => {
    const counts = [100, 100, 100, 9000];
    const actions = counts.flatMap((operationsExecuted, id) => [
      runs(id),
      said(status(id), START_MS),
      said(status(id, 4, { operationsExecuted, behaviour: null }), START_MS + 1000),
    ]);
    expect(throughput(seen(actions).replicas)).to.equal(100);
    expect(throughput(seen([...actions, ...[0, 1, 2, 3].map((id) => isDown(id))]).replicas)).to.equal(null);
  });
});
