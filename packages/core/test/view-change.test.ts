import type { Digest, Signed } from "@bft/core";
import type { ViewChange } from "@bft/core/pbft";
import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";
import { batchNamed, certificateOf, checkpointOf, commitOf, digestOf, NULL_DIGEST, prepareOf, prePrepareOf, requestOf, slotOf, viewChangeOf } from "./support/forge.js";
import { droppedIn, Lone, messagesIn } from "./support/lone.js";

const digests = ["a", "b", "c", "d"].map(digestOf) as [Digest, Digest, Digest, Digest];

/** Replica 1 is the primary of view 1: what it announces with these view-changes of the others. */
function announced(...changes: readonly Signed<ViewChange>[]) {
  const lone = new Lone(1);
  lone.deliver(...changes);
  const [newView] = lone.said("new-view");
  return { lone, newView, O: newView?.prePrepares.map(({ message }) => [message.seq as number, message.digest]) };
}

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
      const effects = [...lone.deliver(requestOf(`set k${seq} 1`, 0, seq)), ...lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 1))];
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
    for (const [view, delay] of [[1, 1000], [2, 2000], [3, 4000], [4, 8000]] as const) {
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
      lone.deliver(viewChangeOf(0, view), viewChangeOf(1, view));
      expect(lone.view).to.equal(view);
      delays.push(lone.timers.get("view-change") ?? 0);
    }
    expect(delays.slice(0, 3)).to.deep.equal([1000, 2000, 4000]);
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

describe("§4.4: <VIEW-CHANGE, v+1, n, C, P, i>", () => {
  it("names the last stable checkpoint with its proof, and every slot that prepared above it", () => {
    const lone = new Lone(2);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 2));
    const state = lone.said("checkpoint")[0]?.stateDigest as Digest;
    lone.deliver(checkpointOf(0, 8, state), checkpointOf(3, 8, state));
    // 9 committed, 10 prepared, 11 has its pre-prepare only, 13 prepared behind a gap.
    lone.deliver(...slotOf(0, 9, batchNamed("k9", 9), 2));
    lone.deliver(prePrepareOf(0, 10, batchNamed("k10", 10)), prepareOf(1, 0, 10, batchNamed("k10", 10).digest));
    lone.deliver(prePrepareOf(0, 11, batchNamed("k11", 11)));
    lone.deliver(prePrepareOf(0, 13, batchNamed("k13", 13)), prepareOf(3, 0, 13, batchNamed("k13", 13).digest));
    lone.deliver(requestOf("set late 1", 0, 99));
    const effects = lone.fire("view-change");
    const [message] = messagesIn(effects, "view-change");
    expect([message?.newView, message?.stableSeq]).to.deep.equal([1, 8]);
    expect(message?.checkpoints.map(({ signerId, message: { seq, stateDigest } }) => [signerId, seq, stateDigest])).to.have.deep.members([0, 2, 3].map((id) => [id, 8, state]));
    expect(message?.prepared.map(({ prePrepare }) => prePrepare.message.seq)).to.deep.equal([9, 10, 13]);
    expect(message?.prepared[1]?.prepares.map(({ signerId }) => signerId)).to.have.members([1, 2]);
    expect(effects.map(({ kind }) => kind)).to.deep.equal(["persist", "broadcast", "view-change-started"]);
  });

  it("what prepared in an earlier view stays in P until it prepares in a later one", () => {
    const lone = new Lone(3);
    const [first, second] = [batchNamed("a", 1), batchNamed("b", 2)];
    lone.deliver(prePrepareOf(0, 1, first), prepareOf(1, 0, 1, first.digest));
    const inP = (view: number) => {
      lone.deliver(requestOf(`x ${view}`, 0, 50 + view));
      lone.fire("view-change");
      return lone.said("view-change").at(-1)?.prepared.map(({ prePrepare: { message } }) => [message.view as number, message.digest]);
    };
    lone.enter(1);
    expect(inP(1)).to.deep.equal([[0, first.digest]]);
    lone.enter(2);
    lone.deliver(prePrepareOf(2, 1, second), prepareOf(0, 2, 1, second.digest));
    expect(inP(2)).to.deep.equal([[2, second.digest]]);
  });

  it('"it stops accepting messages (other than checkpoint, view-change, and new-view messages)": it votes for nothing', () => {
    const lone = new Lone(2);
    lone.deliver(prePrepareOf(0, 1, batchNamed("a")), requestOf("set x 1", 0, 9));
    lone.fire("view-change");
    const effects = lone.deliver(prepareOf(1, 0, 1, batchNamed("a").digest), prePrepareOf(0, 2, batchNamed("b", 2)), ...[0, 1, 3].map((id) => commitOf(id, 0, 1, batchNamed("a").digest)));
    expect([...messagesIn(effects, "prepare"), ...messagesIn(effects, "commit")]).to.deep.equal([]);
    expect(lone.replica.inspect().lastExecuted).to.equal(0);
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

describe("§4.4: <NEW-VIEW, v+1, V, O>", () => {
  it("is announced with a quorum of view-changes, own included, and not before", () => {
    const lone = new Lone(1);
    lone.deliver(viewChangeOf(0, 1));
    expect(lone.said("new-view")).to.deep.equal([]);
    // The second one makes it join, and with its own there are three.
    lone.deliver(viewChangeOf(2, 1));
    expect(lone.said("new-view").map(({ viewChanges }) => viewChanges.map(({ signerId }) => signerId))).to.deep.equal([[0, 1, 2]]);
  });

  it("min-s is the latest stable checkpoint in V, max-s the highest prepared number in V; between them every number", () => {
    const C = [0, 2, 3].map((id) => checkpointOf(id, 8, digests[0]));
    const { O } = announced(
      viewChangeOf(2, 1, { stableSeq: 8, checkpoints: C, prepared: [certificateOf(0, 10, digests[1])] }),
      viewChangeOf(3, 1, { prepared: [certificateOf(0, 7, digests[2]), certificateOf(0, 12, digests[3])] }),
    );
    expect(O).to.deep.equal([
      [9, NULL_DIGEST],
      [10, digests[1]],
      [11, NULL_DIGEST],
      [12, digests[3]],
    ]);
  });

  it("of two certificates for one number the one of the higher view counts", () => {
    const lone = new Lone(2);
    const older = certificateOf(0, 1, digests[0]);
    const newer = certificateOf(1, 1, digests[1], [0, 3]);
    lone.deliver(viewChangeOf(0, 2, { prepared: [newer] }), viewChangeOf(3, 2, { prepared: [older] }));
    expect(lone.said("new-view")[0]?.prePrepares.map(({ message }) => message.digest)).to.deep.equal([digests[1]]);
  });

  it("with nothing prepared O is empty, and the first batch follows the stable checkpoint", () => {
    const { lone, O } = announced(viewChangeOf(2, 1), viewChangeOf(3, 1));
    expect(O).to.deep.equal([]);
    lone.deliver(requestOf("set x 1"));
    expect(lone.said("pre-prepare").map(({ view, seq }) => [view, seq])).to.deep.equal([[1, 1]]);
  });

  it("the new primary goes on after max-s", () => {
    const { lone } = announced(viewChangeOf(2, 1, { prepared: [certificateOf(0, 3, digests[0])] }), viewChangeOf(3, 1));
    lone.deliver(requestOf("set x 1"));
    expect(lone.said("pre-prepare").map(({ seq }) => seq)).to.deep.equal([4]);
  });

  it("a backup accepts the pre-prepares in O, and prepares each whose batch it has", () => {
    const batch = batchNamed("a");
    const lone = new Lone(2);
    lone.deliver(prePrepareOf(0, 2, batch));
    const certificate = certificateOf(0, 2, batch.digest, [2, 3]);
    const effects = lone.enter(1, [[1, NULL_DIGEST], [2, batch.digest]], [viewChangeOf(0, 1), viewChangeOf(1, 1), viewChangeOf(3, 1, { prepared: [certificate] })]);
    expect(messagesIn(effects, "prepare").map(({ view, seq, digest }) => [view, seq, digest])).to.deep.equal([
      [1, 1, NULL_DIGEST],
      [1, 2, batch.digest],
    ]);
  });

  it("a batch that it lacks is fetched, and then prepared", () => {
    const batch = batchNamed("a");
    const lone = new Lone(2);
    const changes = [viewChangeOf(0, 1), viewChangeOf(1, 1), viewChangeOf(3, 1, { prepared: [certificateOf(0, 1, batch.digest, [2, 3])] })];
    const effects = lone.enter(1, [[1, batch.digest]], changes);
    expect(messagesIn(effects, "fetch-batch").map(({ seq, digest }) => [seq, digest])).to.deep.equal([[1, batch.digest]]);
    expect(messagesIn(effects, "prepare")).to.deep.equal([]);
    lone.deliver(prePrepareOf(1, 1, batch));
    expect(lone.said("prepare").map(({ view, seq }) => [view, seq])).to.deep.equal([[1, 1]]);
  });

  it("a null request executes nothing and takes its number", () => {
    const lone = new Lone(2);
    lone.enter(1, [[1, NULL_DIGEST], [2, digests[0]]], [viewChangeOf(0, 1), viewChangeOf(1, 1), viewChangeOf(3, 1, { prepared: [certificateOf(0, 2, digests[0], [2, 3])] })]);
    lone.deliver(prepareOf(3, 1, 1, NULL_DIGEST), commitOf(1, 1, 1, NULL_DIGEST), commitOf(3, 1, 1, NULL_DIGEST));
    expect(lone.effects.flatMap((effect) => (effect.kind === "executed" ? [[effect.seq, effect.requests.length]] : []))).to.deep.equal([[1, 0]]);
  });

  it("votes of the new view that came before its new-view count", () => {
    const batch = batchNamed("a");
    const lone = new Lone(2);
    lone.deliver(requestOf("set x 1", 0, 9), prePrepareOf(0, 1, batch));
    lone.fire("view-change");
    lone.deliver(prepareOf(0, 1, 1, batch.digest), commitOf(0, 1, 1, batch.digest), commitOf(1, 1, 1, batch.digest));
    lone.enter(1, [[1, batch.digest]], [viewChangeOf(0, 1), viewChangeOf(1, 1), viewChangeOf(3, 1, { prepared: [certificateOf(0, 1, batch.digest, [2, 3])] })]);
    expect(lone.replica.inspect().lastExecuted).to.equal(1);
  });

  it("a backup relays the requests that it knows to the new primary", () => {
    const lone = new Lone(2);
    lone.deliver(requestOf("set x 1", 0, 1), requestOf("set y 1", 1, 1));
    const effects = lone.enter(1);
    expect(effects.flatMap((effect) => (effect.kind === "send" && effect.signed.kind === "request" ? [effect.to] : []))).to.deep.equal([1, 1]);
  });
});

describe("§4.4: a cluster changes views", () => {
  const deposed: readonly (readonly [title: string, meddle: TestCluster["meddle"]])[] = [
    ["is silent", (envelope) => (envelope.from.role === "replica" && envelope.from.id === 0 ? [] : [envelope])],
    ["sends no pre-prepare", (envelope) => (envelope.signed.kind === "pre-prepare" && envelope.from.id === 0 ? [] : [envelope])],
    ["sends its pre-prepare to one backup only", (envelope) => (envelope.signed.kind === "pre-prepare" && envelope.from.id === 0 && envelope.to.id !== 3 ? [] : [envelope])],
  ];
  for (const [title, meddle] of deposed)
    it(`the primary ${title}: the client is served in the next view, exactly once`, () => {
      const cluster = new TestCluster();
      cluster.ask("set x 1");
      cluster.meddle = meddle;
      const { view, results } = cluster.ask("cas x 1 2", 0, 5000);
      expect(results).to.deep.equal([{ ok: true, value: "yes" }]);
      expect(view).to.equal(1);
    });

  it("a primary that leaves out one client and serves the others is deposed", () => {
    const cluster = new TestCluster();
    cluster.meddle = (envelope) => (envelope.signed.kind === "request" && envelope.signed.signer.id === 1 && envelope.to.role === "replica" && envelope.to.id === 0 ? [] : [envelope]);
    cluster.submit("set victim 1", 1);
    for (let i = 0; i < 100 && cluster.accepted(1) === 0; i++) {
      cluster.ask(`set k ${i}`);
      cluster.run(50);
    }
    expect(cluster.accepted(1)).to.equal(1);
    expect(cluster.status(1).view).to.equal(1);
    expect(cluster.now).to.be.lessThan(3000);
  });

  it("what was executed before is not executed again, what was prepared keeps its number", () => {
    const cluster = new TestCluster();
    for (let i = 0; i < 5; i++) cluster.ask(`set k${i} 1`);
    cluster.meddle = (envelope) => (envelope.signed.message.kind === "commit" && envelope.signed.message.view === 0 ? [] : [envelope]);
    cluster.submit("set prepared 1");
    cluster.settle();
    cluster.kill(0);
    cluster.runUntil(() => cluster.accepted(0) === 6);
    expect(cluster.outcomes.get(0)?.at(-1)).to.deep.include({ seq: 6, view: 1 });
    for (const id of [1, 2, 3])
      expect(cluster.effectsOf(id, "executed").flatMap(({ requests }) => requests.map(({ timestamp }) => timestamp as number))).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  for (const f of [1, 2, 3])
    it(`f = ${f}: the first f primaries are dead, one after the other`, () => {
      const cluster = new TestCluster({ faults: f });
      cluster.ask("set x 0");
      for (let dead = 0; dead < f; dead++) {
        cluster.kill(dead);
        expect(cluster.ask(`set x ${dead}`, 0, 20_000).view).to.equal(dead + 1);
      }
    });

  it("the old primary comes back, learns of the new view and takes part in it", () => {
    const cluster = new TestCluster();
    cluster.kill(0);
    cluster.ask("set x 1");
    cluster.start(0);
    cluster.run(1000);
    expect(cluster.status(0).view).to.equal(1);
    cluster.kill(2);
    expect(cluster.ask("get x", 0, 2000)).to.deep.include({ view: 1, results: [{ ok: true, value: "1" }] });
  });
});
