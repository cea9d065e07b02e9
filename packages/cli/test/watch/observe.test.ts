import { expect } from "chai";
import { observe } from "../../src/watch/observe.js";
import { allUp, isDown, isPaused, runs, START_MS, said, seen, status } from "../support/fixtures.js";

describe("watch/observe", () => {
  it("takes rates from the counters over the last two seconds", () => {
    const at = (ms: number, messages: number, operations: number) =>
      said(status(0, 4, { messagesIn: messages, messagesOut: messages, operationsExecuted: operations }), START_MS + ms);
    const model = seen([runs(0), at(0, 0, 0), at(1000, 500, 100), at(2000, 1000, 200)]);
    expect(model.replicas[0]?.messagesPerSecond).to.equal(1000);
    expect(model.replicas[0]?.operationsPerSecond).to.equal(100);
    const later = observe(model, at(3000, 1000, 200));
    expect(later.replicas[0]?.messagesPerSecond).to.equal(500);
  });

  it("does not show a negative rate when a replica starts anew", () => {
    const model = seen([
      runs(0),
      said(status(0, 4, { messagesIn: 900 })),
      said(status(0, 4, { messagesIn: 3, messagesOut: 0 }), START_MS + 500),
    ]);
    expect(model.replicas[0]?.messagesPerSecond).to.equal(null);
  });

  it("forgets what a replica said when its process is gone", () => {
    const model = seen([...allUp(), isDown(2)]);
    expect(model.replicas[2]).to.include({ process: "down", answers: false, status: null, pid: null });
    expect(model.feed.entries.at(-1)?.text).to.equal("replica 2 is down");
  });

  it("keeps what a paused replica last said, but does not count it as answering", () => {
    const model = seen([...allUp(), isPaused(1)]);
    expect(model.replicas[1]).to.include({ process: "paused", answers: false });
    expect(model.replicas[1]?.status?.id).to.equal(1);
    const resumed = [runs(1, START_MS + 100), said(status(1), START_MS + 200)].reduce(observe, model);
    expect(resumed.replicas[1]).to.include({ process: "running", answers: true });
    expect(resumed.feed.entries.map(({ text }) => text)).to.deep.equal(["replica 1 is paused", "replica 1 goes on"]);
  });

  it("says nothing about replicas that run when it first looks", () => {
    expect(seen(allUp()).feed.entries).to.deep.equal([]);
  });

  it("calls a replica silent that runs and says nothing for three seconds", () => {
    const model = seen(allUp());
    expect(observe(model, { kind: "tick", atMs: START_MS + 2900 }).replicas[0]?.answers).to.equal(true);
    expect(observe(model, { kind: "tick", atMs: START_MS + 3100 }).replicas[0]?.answers).to.equal(false);
  });

  it("knows since when requests wait without progress", () => {
    const waiting = (atMs: number, lastExecuted: number, queued: number) =>
      said(status(1, 4, { machine: { lastExecuted, queued } }), atMs);
    const first = seen([...allUp(), waiting(START_MS + 100, 0, 2)]);
    expect(first.waitingSinceMs).to.equal(START_MS + 100);
    const still = observe(first, waiting(START_MS + 5000, 0, 3));
    expect(still.waitingSinceMs).to.equal(START_MS + 100);
    const moved = observe(still, waiting(START_MS + 5100, 1, 1));
    expect(moved.waitingSinceMs).to.equal(START_MS + 5100);
    expect(observe(moved, waiting(START_MS + 5200, 2, 0)).waitingSinceMs).to.equal(null);
  });

  it("tells batches again after the whole cluster lost its state", () => {
    const executed = (seq: number) => ({ kind: "executed", seq, view: 0, operations: 1, first: `set x ${seq}` }) as const;
    const before = seen(
      allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: 40 } })).concat(
        said(status(0, 4, { machine: { lastExecuted: 40 } }), START_MS, [executed(40)]),
      ),
    );
    const after = allUp().reduce(observe, before);
    const told = observe(after, said(status(0, 4, { machine: { lastExecuted: 1 } }), START_MS + 900, [executed(1)]));
    expect(told.feed.entries.map(({ text }) => text)).to.deep.equal(["40 executed: set x 40", "1 executed: set x 1"]);
  });
});
