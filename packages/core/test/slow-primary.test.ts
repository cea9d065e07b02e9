import type { SeqNum } from "@bft/core";
import { type Committed, claimOf } from "@bft/core/pbft";
import { expect } from "chai";
import type { PbftEffect } from "./support/cluster.js";
import { batchOf, byReplica, commitOf, prePrepareOf, requestOf, slotOf } from "./support/forge.js";
import { Lone } from "./support/lone.js";

const SELF = 1;

/** What a client asks of this backup when its primary did not answer, and all that commits it under the number of its timestamp. */
const asked = (timestamp: number) => requestOf(`set k${timestamp} 1`, 0, timestamp, timestamp);
const committed = (timestamp: number, view = 0) => slotOf(view, timestamp, batchOf(asked(timestamp)), SELF);

/** Serves the requests from `first` on; `meanwhile` happens while each of them waits at this backup. */
function serve(lone: Lone, first: number, count: number, meanwhile: (timestamp: number) => void, view = 0): void {
  for (let timestamp = first; timestamp < first + count; timestamp++) {
    lone.deliver(asked(timestamp));
    meanwhile(timestamp);
    lone.deliver(...committed(timestamp, view));
  }
}

/** The interval in which something was executed, and then some in which nothing is. */
const idleIntervals = (lone: Lone, count: number) => () => {
  for (let i = 0; i <= count; i++) lone.fire("status");
};

const wanted = (lone: Lone) => lone.said("view-change").map(({ newView }) => newView as number);
const reasons = (effects: readonly PbftEffect[]) =>
  effects.flatMap((effect) => (effect.kind === "view-change-started" ? [effect.because] : []));

describe("ours: a primary that is slow with most requests is replaced (Aardvark, NSDI '09 §5.2)", () => {
  const config = { checkpointInterval: 128 };

  it("when twelve of the last sixteen waited here for two status intervals in a row, in which it proposed nothing", () => {
    const lone = new Lone(SELF, config);
    serve(lone, 1, 4, () => {});
    serve(lone, 5, 12, idleIntervals(lone, 2));
    expect(wanted(lone)).to.deep.equal([]);
    const effects = lone.fire("status");
    expect(wanted(lone)).to.deep.equal([1]);
    expect(reasons(effects)).to.deep.equal([
      "replica 0 was slow to propose 12 of the last 16 requests, and proposed nothing else meanwhile",
    ]);
  });

  it("not when five of sixteen were in time", () => {
    const lone = new Lone(SELF, config);
    serve(lone, 1, 5, () => {});
    serve(lone, 6, 11, idleIntervals(lone, 2));
    lone.fire("status");
    expect(wanted(lone)).to.deep.equal([]);
  });

  it("not when each waited for one interval only: it may have come at the end of it", () => {
    const lone = new Lone(SELF, config);
    serve(lone, 1, 40, idleIntervals(lone, 1));
    lone.fire("status");
    expect(wanted(lone)).to.deep.equal([]);
  });

  it("not while one batch follows the other, an interval each: slow links are not a slow primary", () => {
    const lone = new Lone(SELF, config);
    for (let timestamp = 1; timestamp <= 8; timestamp++) lone.deliver(requestOf(`set k${timestamp} 1`, 0, timestamp));
    for (let seq = 1; seq <= 40; seq++) {
      if (seq + 8 <= 40) lone.deliver(requestOf(`set k${seq + 8} 1`, 0, seq + 8));
      idleIntervals(lone, 1)();
      lone.deliver(...slotOf(0, seq, batchOf(requestOf(`set k${seq} 1`, 0, seq)), SELF));
    }
    lone.fire("status");
    expect(lone.replica.inspect().lastExecuted).to.equal(40);
    expect(wanted(lone)).to.deep.equal([]);
  });

  it("not while another batch is under way: an overloaded cluster is not a slow primary", () => {
    const lone = new Lone(SELF, config);
    const other = batchOf();
    for (let timestamp = 1; timestamp <= 40; timestamp++) {
      const seq = 2 * timestamp - 1;
      lone.deliver(asked(timestamp), prePrepareOf(0, seq, other));
      idleIntervals(lone, 3)();
      lone.deliver(...slotOf(0, seq, other, SELF), ...slotOf(0, seq + 1, batchOf(asked(timestamp)), SELF));
    }
    lone.fire("status");
    expect(lone.replica.inspect().lastExecuted).to.equal(80);
    expect(wanted(lone)).to.deep.equal([]);
  });

  it("not by what this replica executed by proof: it was behind, and that is not the primary's fault", () => {
    const lone = new Lone(SELF, config);
    for (let timestamp = 1; timestamp <= 40; timestamp++) {
      const batch = batchOf(asked(timestamp));
      lone.deliver(asked(timestamp));
      idleIntervals(lone, 2)();
      const commits = [0, 2, 3].map((from) => commitOf(from, 0, timestamp, batch.digest));
      lone.deliver(
        byReplica<Committed>(2, { kind: "committed", seq: timestamp as SeqNum, commits: commits.map(claimOf) }, batch.bytes),
      );
    }
    lone.fire("status");
    expect(lone.replica.inspect().lastExecuted).to.equal(40);
    expect(wanted(lone)).to.deep.equal([]);
  });

  it("the primary does not judge itself", () => {
    const lone = new Lone(0, config);
    for (let timestamp = 1; timestamp <= 20; timestamp++) {
      lone.deliver(asked(timestamp));
      idleIntervals(lone, 2)();
      lone.deliver(...slotOf(0, timestamp, batchOf(asked(timestamp)), 0));
    }
    expect(lone.replica.inspect().lastExecuted).to.equal(20);
    lone.fire("status");
    expect(wanted(lone)).to.deep.equal([]);
  });

  it("the next one is judged by twice as many, and by its own: what had waited for the one before does not count", () => {
    const lone = new Lone(SELF, config);
    serve(lone, 1, 16, idleIntervals(lone, 2));
    lone.deliver(asked(17), asked(18));
    lone.fire("status");
    expect(wanted(lone)).to.deep.equal([1]);
    // Into view 2, where replica 1 is a backup again.
    lone.enter(2);
    lone.deliver(...committed(17, 2), ...committed(18, 2));
    serve(lone, 19, 29, idleIntervals(lone, 2), 2);
    lone.fire("status");
    expect(wanted(lone), "31 requests").to.deep.equal([1]);
    serve(lone, 48, 1, idleIntervals(lone, 2), 2);
    lone.fire("status");
    expect(wanted(lone), "32 requests, 30 of them late").to.deep.equal([1, 3]);
  });

  it("a primary that is in time halves that again", () => {
    const lone = new Lone(SELF, config);
    serve(lone, 1, 16, idleIntervals(lone, 2));
    lone.fire("status");
    lone.enter(2);
    serve(lone, 17, 32, () => {}, 2);
    lone.fire("status");
    serve(lone, 49, 16, idleIntervals(lone, 2), 2);
    lone.fire("status");
    expect(wanted(lone)).to.deep.equal([1, 3]);
  });
});
