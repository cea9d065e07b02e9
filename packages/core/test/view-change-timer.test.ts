import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";
import { batchNamed, batchOf, prePrepareOf, requestOf, slotOf, viewChangeOf } from "./support/forge.js";
import { droppedIn, Lone } from "./support/lone.js";

describe("§4.4: the view-change timer", () => {
  const started = (lone: Lone) => lone.said("view-change").map(({ newView }) => newView as number);

  it("starts when a backup waits for a request, and stops when it is executed", () => {
    const lone = new Lone(1);
    expect(lone.timers.has("view-change")).to.equal(false);
    lone.deliver(requestOf("set a 1"));
    expect(lone.timers.get("view-change")).to.equal(1000);
    lone.deliver(...slotOf(0, 1, batchNamed("a"), 1));
    expect(lone.timers.has("view-change")).to.equal(false);
  });

  it("runs for a null request that comes next: no client asks for it again, and somebody who abstains may wait for it (we differ)", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 2, batchOf()));
    expect(lone.timers.has("view-change"), "not while another one comes before it").to.equal(false);
    lone.deliver(prePrepareOf(0, 1, batchOf()));
    expect(lone.timers.get("view-change")).to.equal(1000);
    const executed = lone.deliver(...slotOf(0, 1, batchOf(), 1), ...slotOf(0, 2, batchOf(), 1));
    expect(executed.filter(({ kind }) => kind === "executed")).to.have.lengthOf(2);
    expect(lone.timers.has("view-change")).to.equal(false);
    lone.deliver(prePrepareOf(0, 3, batchOf()));
    const effects = lone.fire("view-change");
    expect(started(lone)).to.deep.equal([1]);
    expect(effects.flatMap((effect) => (effect.kind === "view-change-started" ? [effect.because] : []))).to.deep.equal([
      "the null request was not executed within 1000 ms",
    ]);
  });

  it("does not run at the primary", () => {
    const lone = new Lone(0);
    lone.deliver(requestOf("set a 1"));
    expect(lone.timers.has("view-change")).to.equal(false);
  });

  it("runs for the request that waits longest: serving others does not give the primary more time (we differ)", () => {
    const lone = new Lone(1);
    lone.deliver(requestOf("set victim 1", 1, 1));
    const restarts: string[] = [];
    for (let seq = 1; seq <= 3; seq++) {
      const effects = [
        ...lone.deliver(requestOf(`set k${seq} 1`, 0, seq)),
        ...lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 1)),
      ];
      restarts.push(...effects.map(({ kind }) => kind).filter((kind) => kind === "start-timer" || kind === "cancel-timer"));
    }
    expect(restarts).to.deep.equal([]);
    lone.fire("view-change");
    expect(started(lone)).to.deep.equal([1]);
  });

  it("starts anew for the next request once the oldest is executed", () => {
    const lone = new Lone(1);
    lone.deliver(requestOf("set a 1", 0, 1), requestOf("set b 1", 0, 2));
    const effects = lone.deliver(...slotOf(0, 1, batchNamed("a", 1), 1));
    expect(effects.flatMap((effect) => (effect.kind === "start-timer" ? [effect.delayMs] : []))).to.deep.equal([1000]);
  });

  it("a stale timer, or one for a request that its client pushed below the floor, asks for nothing", () => {
    const lone = new Lone(1, { clientWindow: 1 });
    lone.fire("view-change");
    lone.deliver(requestOf("set a 1", 0, 1), ...slotOf(0, 1, batchNamed("b", 2), 1), ...slotOf(0, 2, batchNamed("c", 3), 1));
    lone.fire("view-change");
    expect(started(lone)).to.deep.equal([]);
  });

  it("in a view change it runs from the moment a quorum wants it, and doubles for each view that fails", () => {
    const lone = new Lone(3);
    lone.deliver(requestOf("set a 1"));
    for (const [view, delay] of [
      [1, 1000],
      [2, 2000],
      [3, 4000],
      [4, 8000],
    ] as const) {
      lone.fire("view-change");
      expect(started(lone).at(-1)).to.equal(view);
      if (view === 3) break;
      expect(lone.timers.has("view-change"), `alone in view ${view}`).to.equal(false);
      lone.deliver(viewChangeOf(0, view));
      expect(lone.timers.has("view-change"), `two in view ${view}`).to.equal(false);
      lone.deliver(viewChangeOf(2, view));
      expect(lone.timers.get("view-change"), `a quorum in view ${view}`).to.equal(delay);
    }
  });

  it("doubles at most ten times", () => {
    const lone = new Lone(3);
    const delays: number[] = [];
    for (let view = 1; view <= 30; view++) {
      lone.fire("status");
      lone.deliver(viewChangeOf(0, view), viewChangeOf(1, view));
      expect(lone.view).to.equal(view);
      delays.push(lone.timers.get("view-change") ?? 0);
    }
    // Replica 3 is the primary of view 3 itself, and has nothing to wait for there.
    expect(delays.slice(0, 5)).to.deep.equal([1000, 2000, 0, 8000, 16_000]);
    expect(Math.max(...delays)).to.equal(1000 * 2 ** 10);
  });

  it("progress in the new view brings the timeout back to its base", () => {
    const lone = new Lone(3);
    lone.deliver(requestOf("set a 1"), requestOf("set b 1", 0, 2));
    for (const view of [1, 2]) {
      lone.fire("view-change");
      lone.deliver(viewChangeOf(0, view), viewChangeOf(view === 1 ? 2 : 1, view));
    }
    lone.enter(2);
    expect(lone.timers.get("view-change")).to.equal(2000);
    lone.deliver(...slotOf(2, 1, batchNamed("a", 1), 3));
    expect(lone.timers.get("view-change")).to.equal(1000);
  });
});

describe("§4.5.2: joining a view change", () => {
  const joined = (...changes: readonly (readonly [id: number, view: number])[]) => {
    const lone = new Lone(3);
    lone.deliver(...changes.map(([id, view]) => viewChangeOf(id, view)));
    return lone.said("view-change").map(({ newView }) => newView as number);
  };

  it("f replicas are not enough, whatever views they name, and however often", () => {
    expect(joined([2, 1], [2, 2], [2, 3], [2, 9])).to.deep.equal([]);
  });

  it('"f+1 valid view-change messages from other replicas for views greater than its current view": the smallest of them', () => {
    expect(joined([2, 9], [1, 5])).to.deep.equal([5]);
  });

  it("votes for views that are over do not count", () => {
    const lone = new Lone(3);
    lone.enter(2);
    expect(droppedIn(lone.deliver(viewChangeOf(1, 1), viewChangeOf(2, 2)))).to.deep.equal(["view-old", "view-old"]);
    lone.deliver(viewChangeOf(0, 3));
    expect(lone.said("view-change")).to.deep.equal([]);
  });

  it("f = 2: two liars are not enough, three replicas are", () => {
    const lone = new Lone(3, { replicas: 7, faults: 2 });
    lone.deliver(viewChangeOf(4, 1), viewChangeOf(5, 1));
    expect(lone.view).to.equal(0);
    lone.deliver(viewChangeOf(6, 1));
    expect(lone.view).to.equal(1);
  });

  it("f liars that ask for views all the time do not depose a correct primary", () => {
    const cluster = new TestCluster();
    for (let view = 1; view <= 30; view++) {
      for (const to of [0, 1, 2]) cluster.deliver(to, viewChangeOf(3, view) as Parameters<TestCluster["deliver"]>[1]);
      cluster.ask(`set k ${view}`);
      cluster.run(100);
    }
    expect([0, 1, 2].map((id) => cluster.status(id).view)).to.deep.equal([0, 0, 0]);
  });
});
