import { type Digest, type ReplicaId, replicaPrincipal, type SeqNum } from "@bft/core";
import type { FetchBatch, FetchState } from "@bft/core/pbft";
import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";
import {
  batchNamed,
  byReplica,
  certificateOf,
  checkpointOf,
  digestOf,
  newViewOf,
  ports,
  prePrepareOf,
  prepareOf,
  requestOf,
  slotOf,
  viewChangeOf,
} from "./support/forge.js";
import { droppedIn, Lone, messagesIn } from "./support/lone.js";

/** Holes that the protocol once had. Each test failed before it was mended; each stays so that it can not come back. */
describe("once broken: the protocol", () => {
  it("two successive primaries are dead (f = 2): the third one serves", () => {
    const cluster = new TestCluster({ faults: 2 });
    cluster.kill(0);
    cluster.kill(1);
    expect(cluster.ask("set x 1", 0, 10_000).view).to.equal(2);
  });

  it("joining a later view starts its own, longer timer", () => {
    const lone = new Lone(3);
    lone.deliver(requestOf("set x 1"));
    lone.fire("view-change");
    lone.deliver(viewChangeOf(0, 1), viewChangeOf(2, 1));
    expect(lone.timers.get("view-change")).to.equal(1000);
    const effects = lone.deliver(viewChangeOf(0, 2), viewChangeOf(2, 2));
    expect(lone.view).to.equal(2);
    expect(effects.flatMap((effect) => (effect.kind === "start-timer" ? [effect.delayMs] : []))).to.deep.equal([2000]);
  });

  for (const compact of [true, false]) {
    it(`nodes of an install that a crash interrupted are no part of the next one (${compact ? "compacted" : "whole"} log)`, () => {
      const cluster = new TestCluster({ compact });
      cluster.kill(3);
      for (let i = 0; i < 24; i++) cluster.ask(`set a${i} 1`);
      let interrupted = false;
      cluster.crashAfter = (id, record) => {
        // Record kind 7: leaves of a fetched state.
        if (id === 3 && record[1] === 7) interrupted = true;
        return interrupted;
      };
      cluster.start(3);
      cluster.runUntil(() => interrupted);
      cluster.crashAfter = () => false;
      for (let i = 0; i < 24; i++) cluster.ask(`del a${i}`);
      cluster.start(3);
      cluster.run(2000);
      cluster.kill(3);
      cluster.start(3);
      for (let i = 0; i < 8; i++) cluster.ask(`set b${i} 1`);
      cluster.run(2000);
      expect(cluster.status(3).checkpoint).to.deep.equal(cluster.status(1).checkpoint);
      expect(cluster.status(3).lastExecuted).to.equal(56);
    });
  }

  it("a batch that this replica voted for can be fetched until its slot is garbage-collected", () => {
    const lone = new Lone(2);
    const [first, second] = [batchNamed("a", 1), batchNamed("b", 2)];
    lone.deliver(prePrepareOf(0, 1, first));
    lone.enter(1);
    lone.deliver(prePrepareOf(1, 1, second));
    expect(lone.said("prepare").map(({ digest }) => digest)).to.deep.equal([first.digest, second.digest]);
    const asked = byReplica<FetchBatch>(1, { kind: "fetch-batch", seq: 1 as SeqNum, digest: first.digest });
    expect(messagesIn(lone.deliver(asked), "batch").map(({ digest }) => digest)).to.deep.equal([first.digest]);
  });

  it("a liar's checkpoint for a far sequence number does not keep a lagging replica from catching up", () => {
    const cluster = new TestCluster();
    cluster.kill(3);
    for (let i = 0; i < 25; i++) cluster.ask(`set k${i} 1`);
    cluster.start(3);
    cluster.deliver(3, checkpointOf(1, 8_000_000, digestOf("nothing")));
    cluster.run(3000);
    expect(cluster.status(3).lastExecuted).to.equal(25);
    expect(cluster.status(3).view).to.equal(0);
  });

  it("view changes of the past do not make a restarted replica more patient", () => {
    const cluster = new TestCluster();
    for (const dead of [0, 1, 2]) {
      cluster.kill(dead);
      cluster.ask("set x 1");
      cluster.start(dead);
      cluster.run(1000);
    }
    expect(cluster.status(1).view).to.equal(3);
    cluster.kill(1);
    cluster.start(1);
    cluster.run(500);
    const effects = cluster.deliver(1, requestOf("set y 1", 1, 1));
    expect(effects.flatMap((effect) => (effect.kind === "start-timer" ? [effect.delayMs] : []))).to.deep.equal([1000]);
  });

  it("a replica behind min-s takes part in the slots of O once it has caught up, null requests included", () => {
    const cluster = new TestCluster();
    let apart = true;
    let noCommits = false;
    cluster.meddle = (envelope) => {
      const { message } = envelope.signed;
      if (apart && (envelope.from.id === 3 || envelope.to.id === 3) && envelope.from.role === envelope.to.role) return [];
      if (noCommits && "seq" in message && message.seq === 19) return [];
      return noCommits && message.kind === "commit" ? [] : [envelope];
    };
    for (let i = 0; i < 18; i++) cluster.ask(`set k${i} 1`);
    noCommits = true;
    cluster.submit("set lost 1");
    cluster.submit("set kept 1", 1);
    cluster.settle();
    expect(
      cluster
        .status(1)
        .slots.filter(({ prepared }) => prepared)
        .map(({ seq }) => seq),
    )
      .to.include(20)
      .and.not.include(19);
    cluster.kill(0);
    apart = false;
    noCommits = false;
    cluster.runUntil(() => cluster.accepted(0) === 19 && cluster.accepted(1) === 1);
    expect([1, 2, 3].map((id) => cluster.status(id).view)).to.deep.equal([1, 1, 1]);
  });

  it("bytes beside a message that carries none are neither kept nor passed on", () => {
    const lone = new Lone(1);
    const effects = lone.deliver({ ...requestOf("set x 1"), attachment: new Uint8Array(1000) });
    const relayed = effects.flatMap((effect) => (effect.kind === "send" ? [effect.signed.attachment] : []));
    expect(relayed).to.deep.equal([null]);
  });

  it("a transfer whose target moves on keeps what it has fetched", () => {
    const cluster = new TestCluster({ clients: 2 });
    cluster.kill(3);
    for (let i = 0; i < 300; i += 15) cluster.ask(Array.from({ length: 15 }, (_, j) => `set key${i + j} ${"v".repeat(20)}`));
    let fetched = 0;
    const distinct = new Set<string>();
    // A slow source: few nodes a message. Meanwhile the others go on.
    cluster.meddle = (envelope) => {
      const { message } = envelope.signed;
      if (message.kind !== "state-nodes") return [envelope];
      const nodes = message.nodes.slice(0, 8);
      for (const { bytes } of nodes) distinct.add(ports.hash(bytes));
      fetched += nodes.length;
      return [{ ...envelope, signed: byReplica(envelope.from.id, { ...message, nodes }) as typeof envelope.signed, delayMs: 20 }];
    };
    cluster.start(3);
    for (let i = 0; i < 400 && cluster.status(3).lastExecuted < 20; i++) {
      cluster.run(25);
      cluster.ask(`set same ${i}`, 1);
    }
    expect(cluster.status(3).lastExecuted).to.be.at.least(20);
    expect(fetched).to.be.lessThan(1.5 * distinct.size);
  });

  it("a replica that knows that it is behind does not blame the primary", () => {
    const cluster = new TestCluster();
    cluster.kill(3);
    for (let i = 0; i < 24; i++) cluster.ask(`set k${i} 1`);
    cluster.meddle = (envelope) => (envelope.signed.kind === "state-nodes" ? [] : [envelope]);
    cluster.start(3);
    cluster.run(400);
    cluster.deliver(3, requestOf("set k23 1", 0, 24));
    cluster.run(5000);
    expect(cluster.status(3).transfer).to.not.equal(null);
    expect(cluster.effectsOf(3, "view-change-started")).to.deep.equal([]);
  });

  it("a peer gets so many answers in a status interval, and no more", () => {
    const lone = new Lone(1);
    const ask = byReplica<FetchState>(2, { kind: "fetch-state", seq: 0 as SeqNum, paths: [""] });
    let answers = 0;
    for (let i = 0; i < 1000; i++) answers += messagesIn(lone.deliver(ask), "state-nodes").length;
    expect(answers).to.be.greaterThan(0).and.lessThan(200);
  });

  it("a liar that contradicts itself again and again gives one piece of evidence a slot", () => {
    const lone = new Lone(1);
    lone.deliver(prepareOf(2, 0, 1, digestOf("first")));
    const effects = [0, 1, 2].flatMap((i) => lone.deliver(prepareOf(2, 0, 1, digestOf(`other ${i}`))));
    expect(effects.filter(({ kind }) => kind === "evidence")).to.have.lengthOf(1);
    expect(droppedIn(effects)).to.deep.equal(["conflicting-vote", "conflicting-vote", "conflicting-vote"]);
  });

  it("a new-view whose min-s moves the window is still there after a restart", () => {
    const lone = new Lone(2);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed("k", seq), 2));
    const stateDigest = lone.said("checkpoint")[0]?.stateDigest as Digest;
    const checkpoints = [0, 1, 3].map((id) => checkpointOf(id, 8, stateDigest));
    lone.enter(
      1,
      [],
      [0, 1, 3].map((id) => viewChangeOf(id, 1, { stableSeq: 8, checkpoints })),
    );
    lone.deliver(prePrepareOf(1, 9, batchNamed("x", 9)));
    expect([lone.view, lone.said("prepare").at(-1)?.seq]).to.deep.equal([1, 9]);
    const again = lone.restarted();
    expect([again.view, again.replica.inspect().viewChange, again.replica.inspect().lowWaterMark]).to.deep.equal([1, null, 8]);
    again.deliver(prePrepareOf(1, 9, batchNamed("y", 9)));
    expect(again.said("prepare").filter(({ seq }) => seq === 9)).to.deep.equal([]);
  });

  it("the primary that announced such a new-view announces no other one after a restart", () => {
    const lone = new Lone(1);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed("k", seq), 1));
    const stateDigest = lone.said("checkpoint")[0]?.stateDigest as Digest;
    const checkpoints = [0, 2, 3].map((id) => checkpointOf(id, 8, stateDigest));
    lone.deliver(...[2, 3].map((id) => viewChangeOf(id, 1, { stableSeq: 8, checkpoints })));
    expect(lone.said("new-view")).to.have.lengthOf(1);
    const again = lone.restarted();
    again.deliver(
      ...[0, 3].map((id) =>
        viewChangeOf(id, 1, { stableSeq: 8, checkpoints, prepared: [certificateOf(0, 9, digestOf("x"), [2, 3])] }),
      ),
    );
    expect(again.said("new-view")).to.deep.equal([]);
  });

  it("hearing of a checkpoint an instant too early does not give the primary more time", () => {
    const lone = new Lone(3);
    expect(lone.deliver(requestOf("set x 1")).map(({ kind }) => kind)).to.include("start-timer");
    const effects = lone.deliver(...[0, 1, 2].map((id) => checkpointOf(id, 8, digestOf("state"))));
    expect(effects.filter(({ kind }) => kind === "cancel-timer" || kind === "start-timer")).to.deep.equal([]);
    // When it fires while the replica is behind, that is not the primary's fault: it runs again.
    const fired = lone.fire("view-change");
    expect(fired.filter(({ kind }) => kind === "view-change-started")).to.deep.equal([]);
    expect(lone.timers.get("view-change")).to.equal(1000);
  });

  it("old messages of a correct replica, replayed by another one, do not use up its budget", () => {
    const lone = new Lone(1);
    const old = byReplica<FetchState>(2, { kind: "fetch-state", seq: 0 as SeqNum, paths: [""] });
    for (let i = 0; i < 200; i++) lone.deliverVia(replicaPrincipal(3 as ReplicaId), old);
    expect(droppedIn(lone.deliver(viewChangeOf(2, 1)))).to.deep.equal([]);
  });

  it("a view-change in a new-view counts for who signed it, not for who has said the same (simulated seed 536)", () => {
    const lone = new Lone(2);
    lone.deliver(viewChangeOf(0, 1));
    const another = { ...viewChangeOf(3, 1), signer: replicaPrincipal(0 as ReplicaId) };
    expect(another.payload).to.deep.equal(viewChangeOf(0, 1).payload);
    const effects = lone.deliver(newViewOf(1, [viewChangeOf(1, 1), another, viewChangeOf(2, 1)], []));
    expect(droppedIn(effects)).to.deep.equal(["new-view-bad-view-change"]);
    const honest = [0, 1, 2].map((id) => viewChangeOf(id, 1));
    expect(lone.deliver(newViewOf(1, honest, [])).map(({ kind }) => kind)).to.include("view-entered");
  });
});
