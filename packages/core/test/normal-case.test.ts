import { type Digest, type ReplicaId, replicaPrincipal } from "@bft/core";
import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";
import { batchNamed, batchOf, byReplica, commitOf, prePrepareOf, prepareOf, requestOf, slotOf } from "./support/forge.js";
import { droppedIn, Lone, messagesIn } from "./support/lone.js";

const batch = batchNamed("a");
const other = batchNamed("b", 2);

describe("§4.2: a backup accepts a pre-prepare provided …", () => {
  it("… all of this holds: then it multicasts a prepare, and writes both down first", () => {
    const effects = new Lone(1).deliver(prePrepareOf(0, 1, batch));
    expect(messagesIn(effects, "prepare")).to.deep.equal([{ kind: "prepare", view: 0, seq: 1, digest: batch.digest }]);
    expect(effects.map(({ kind }) => kind)).to.deep.equal(["persist", "broadcast"]);
  });

  it('"d is the digest for m"', () => {
    const lie = byReplica(0, prePrepareOf(0, 1, batch).message, other.bytes);
    expect(droppedIn(new Lone(1).deliver(lie))).to.deep.equal(["batch-digest-mismatch"]);
  });

  it('"it is in view v": not before, not after, and not while it changes views', () => {
    const lone = new Lone(2);
    expect(droppedIn(lone.deliver(prePrepareOf(1, 1, batch)))).to.deep.equal(["view-ahead"]);
    lone.enter(1);
    expect(droppedIn(lone.deliver(prePrepareOf(0, 1, batch)))).to.deep.equal(["view-old"]);
    lone.deliver(requestOf("set x 1"));
    lone.fire("view-change");
    expect(droppedIn(lone.deliver(prePrepareOf(1, 1, batch)))).to.deep.equal(["view-old"]);
    lone.deliver(prePrepareOf(2, 1, batch));
    expect(lone.said("prepare")).to.deep.equal([]);
  });

  it("the primary of v sent it", () => {
    expect(droppedIn(new Lone(1).deliver(prePrepareOf(0, 1, batch, 2)))).to.deep.equal(["pre-prepare-not-from-primary"]);
  });

  it('"it has not accepted a pre-prepare message for view v and sequence number n containing a different digest"', () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch));
    const effects = lone.deliver(prePrepareOf(0, 1, other));
    expect(messagesIn(effects, "prepare")).to.deep.equal([]);
    expect(droppedIn(effects)).to.deep.equal(["conflicting-vote"]);
    const [evidence] = effects.flatMap((effect) => (effect.kind === "evidence" ? [effect] : []));
    expect([evidence?.accused, evidence?.first.message, evidence?.second.message]).to.deep.equal([
      0,
      prePrepareOf(0, 1, batch).message,
      prePrepareOf(0, 1, other).message,
    ]);
  });

  it('"the sequence number in the pre-prepare message is between a low water mark, h, and a high water mark, H"', () => {
    const lone = new Lone(1);
    expect(droppedIn(lone.deliver(prePrepareOf(0, 0, batch)))).to.deep.equal(["below-window"]);
    expect(droppedIn(lone.deliver(prePrepareOf(0, 17, batch)))).to.deep.equal(["above-window"]);
    expect(droppedIn(lone.deliver(prePrepareOf(0, 16, batch)))).to.deep.equal([]);
  });
});

describe("ours: who votes for another digest is shown the pre-prepare", () => {
  const shown = (effects: ReturnType<Lone["deliver"]>) =>
    effects.flatMap((effect) =>
      effect.kind === "send" && effect.signed.kind === "pre-prepare" ? [[effect.to, effect.signed.attachment]] : [],
    );

  it("once, without its batch, whether the vote or the pre-prepare came first", () => {
    const lone = new Lone(1);
    expect(shown(lone.deliver(prePrepareOf(0, 1, batch)))).to.deep.equal([]);
    expect(shown(lone.deliver(prepareOf(2, 0, 1, other.digest)))).to.deep.equal([[2, null]]);
    expect(shown(lone.deliver(commitOf(2, 0, 1, other.digest)))).to.deep.equal([]);
    expect(shown(lone.deliver(commitOf(3, 0, 1, other.digest)))).to.deep.equal([[3, null]]);
    const late = new Lone(1);
    late.deliver(prepareOf(2, 0, 1, other.digest), commitOf(3, 0, 1, batch.digest));
    expect(shown(late.deliver(prePrepareOf(0, 1, batch)))).to.deep.equal([[2, null]]);
  });

  it("not who votes for the same, and not the primary, which knows what it said", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch));
    expect(shown(lone.deliver(prepareOf(2, 0, 1, batch.digest), commitOf(0, 0, 1, other.digest)))).to.deep.equal([]);
  });

  it("who was told something else holds the proof that the primary lies", () => {
    const [one, two] = [new Lone(1), new Lone(2)];
    one.deliver(prePrepareOf(0, 1, batch));
    two.deliver(prePrepareOf(0, 1, other));
    const [effect] = one
      .deliver(prepareOf(2, 0, 1, other.digest))
      .flatMap((each) => (each.kind === "send" && each.signed.kind === "pre-prepare" ? [each] : []));
    if (effect === undefined) throw new Error("nothing was shown");
    const accused = two
      .deliverVia(replicaPrincipal(1 as ReplicaId), effect.signed)
      .flatMap((each) => (each.kind === "evidence" ? [each.accused] : []));
    expect(accused).to.deep.equal([0]);
  });

  it("who has not heard of the number yet can do nothing with it", () => {
    const lone = new Lone(2);
    const header = { ...prePrepareOf(0, 1, batch), attachment: null };
    expect(droppedIn(lone.deliverVia(replicaPrincipal(1 as ReplicaId), header))).to.deep.equal(["relayed"]);
  });
});

describe("§4.2: prepared", () => {
  const prepared = (lone: Lone) => lone.said("commit").length > 0;

  it("the pre-prepare and 2f prepares of different backups that match it, own included", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch));
    expect(prepared(lone)).to.equal(false);
    lone.deliver(prepareOf(2, 0, 1, batch.digest));
    expect(lone.said("commit")).to.deep.equal([{ kind: "commit", view: 0, seq: 1, digest: batch.digest }]);
  });

  it("prepares may come before their pre-prepare", () => {
    const lone = new Lone(1);
    lone.deliver(prepareOf(2, 0, 1, batch.digest), prepareOf(3, 0, 1, batch.digest));
    expect(prepared(lone)).to.equal(false);
    lone.deliver(prePrepareOf(0, 1, batch));
    expect(prepared(lone)).to.equal(true);
  });

  it("a prepare of the primary does not count", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch));
    expect(droppedIn(lone.deliver(prepareOf(0, 0, 1, batch.digest)))).to.deep.equal(["prepare-from-primary"]);
    expect(prepared(lone)).to.equal(false);
  });

  it("a backup's prepare counts once, however often and by whatever bytes it is signed", () => {
    const lone = new Lone(1, { replicas: 7, faults: 2 });
    lone.deliver(prePrepareOf(0, 1, batch));
    const vote = prepareOf(2, 0, 1, batch.digest);
    lone.deliver(vote, vote, { ...vote, signature: new Uint8Array(64).fill(1) }, vote);
    expect(prepared(lone)).to.equal(false);
    expect(lone.replica.inspect().slots[0]?.prepares).to.deep.equal([0, 1, 2]);
  });

  for (const [title, vote] of [
    ["another digest", prepareOf(2, 0, 1, other.digest)],
    ["another sequence number", prepareOf(2, 0, 2, batch.digest)],
    ["another view", prepareOf(2, 1, 1, batch.digest)],
  ] as const)
    it(`a prepare for ${title} does not count`, () => {
      const lone = new Lone(1);
      lone.deliver(prePrepareOf(0, 1, batch), vote);
      expect(prepared(lone)).to.equal(false);
    });

  it("the first vote of a replica counts, a later one that differs is evidence", () => {
    const lone = new Lone(1);
    lone.deliver(prepareOf(2, 0, 1, other.digest));
    const effects = lone.deliver(prePrepareOf(0, 1, batch), prepareOf(2, 0, 1, batch.digest));
    expect(prepared(lone)).to.equal(false);
    expect(effects.filter(({ kind }) => kind === "evidence")).to.have.lengthOf(1);
  });

  it("n = 5, f = 1 takes a quorum of 4, not 2f+1", () => {
    const lone = new Lone(1, { replicas: 5 });
    lone.deliver(prePrepareOf(0, 1, batch), prepareOf(2, 0, 1, batch.digest));
    expect(prepared(lone)).to.equal(false);
    lone.deliver(prepareOf(4, 0, 1, batch.digest));
    expect(prepared(lone)).to.equal(true);
  });

  it("the commit leaves after the certificate is written down", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch));
    const effects = lone.deliver(prepareOf(2, 0, 1, batch.digest));
    expect(effects.map((effect) => (effect.kind === "persist" ? `persist ${effect.record[1]}` : effect.kind))).to.deep.equal([
      "persist 2",
      "broadcast",
    ]);
  });
});

describe("§4.2: committed-local and execution", () => {
  const executed = (lone: Lone) => lone.effects.flatMap((effect) => (effect.kind === "executed" ? [effect.seq as number] : []));

  it("takes prepared and a quorum of commits, own and the primary's included", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch), prepareOf(2, 0, 1, batch.digest), commitOf(0, 0, 1, batch.digest));
    expect(executed(lone)).to.deep.equal([]);
    lone.deliver(commitOf(3, 0, 1, batch.digest));
    expect(executed(lone)).to.deep.equal([1]);
  });

  it("a quorum of commits without prepared is not enough", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch), ...[0, 2, 3].map((id) => commitOf(id, 0, 1, batch.digest)));
    expect(executed(lone)).to.deep.equal([]);
    lone.deliver(prepareOf(3, 0, 1, batch.digest));
    expect(executed(lone)).to.deep.equal([1]);
  });

  it("commits may come before everything else, and count once a replica", () => {
    const lone = new Lone(1);
    const vote = commitOf(3, 0, 1, batch.digest);
    lone.deliver(vote, vote, commitOf(3, 0, 1, other.digest));
    lone.deliver(prePrepareOf(0, 1, batch), prepareOf(2, 0, 1, batch.digest));
    expect(executed(lone)).to.deep.equal([]);
    lone.deliver(commitOf(0, 0, 1, batch.digest));
    expect(executed(lone)).to.deep.equal([1]);
  });

  it('"the state reflects the sequential execution of all requests with lower sequence numbers"', () => {
    const lone = new Lone(1);
    const slots = [1, 2, 3, 4].map((seq) => slotOf(0, seq, batchNamed(`k${seq}`, seq), 1));
    for (const seq of [4, 2, 3]) lone.deliver(...(slots[seq - 1] ?? []));
    expect(executed(lone)).to.deep.equal([]);
    lone.deliver(...(slots[0] ?? []));
    expect(executed(lone)).to.deep.equal([1, 2, 3, 4]);
  });

  it("is written down before the reply leaves", () => {
    const lone = new Lone(1);
    const effects = lone.deliver(...slotOf(0, 1, batch, 1));
    const kinds = effects.map((effect) => (effect.kind === "persist" ? `persist ${effect.record[1]}` : effect.kind));
    expect(kinds.indexOf("persist 3")).to.be.within(0, kinds.indexOf("reply") - 1);
  });
});

describe("§4.2: several slots and batching (§5.1 of TOCS '02)", () => {
  const proposals = (lone: Lone) => lone.said("pre-prepare").map(({ seq }) => seq as number);

  it("without load each request gets a batch of its own, at once", () => {
    const lone = new Lone(0);
    lone.deliver(requestOf("a", 0, 1));
    lone.deliver(requestOf("b", 0, 2));
    expect(proposals(lone)).to.deep.equal([1, 2]);
  });

  it("what comes while the pipeline is full is batched, oldest first", () => {
    const lone = new Lone(0, { pipelineDepth: 2 });
    lone.deliver(...[1, 2, 3, 4, 5].map((timestamp) => requestOf(`set k ${timestamp}`, 0, timestamp)));
    expect(proposals(lone)).to.deep.equal([1, 2]);
    lone.deliver(...slotOf(0, 1, batchOf(requestOf("set k 1", 0, 1)), 0));
    expect(proposals(lone)).to.deep.equal([1, 2, 3]);
    const third = lone.said("pre-prepare")[2]?.digest as Digest;
    expect(third).to.equal(batchOf(...[3, 4, 5].map((timestamp) => requestOf(`set k ${timestamp}`, 0, timestamp))).digest);
  });

  it("a batch holds at most batchOperationsMax operations, a request is never split", () => {
    const lone = new Lone(0, { pipelineDepth: 1, batchOperationsMax: 4 });
    lone.deliver(requestOf("first", 0, 1));
    for (const timestamp of [2, 3, 4]) lone.deliver(requestOf(["a", "b", "c"], 0, timestamp));
    lone.deliver(...slotOf(0, 1, batchOf(requestOf("first", 0, 1)), 0));
    expect(lone.said("pre-prepare")[1]?.digest).to.equal(batchOf(requestOf(["a", "b", "c"], 0, 2)).digest);
  });

  it("the primary does not assign beyond the high water mark", () => {
    const lone = new Lone(0, { checkpointInterval: 2, pipelineDepth: 4 });
    for (let seq = 1; seq <= 4; seq++)
      lone.deliver(requestOf(`set k ${seq}`, 0, seq), ...slotOf(0, seq, batchOf(requestOf(`set k ${seq}`, 0, seq)), 0));
    lone.deliver(requestOf("set k 5", 0, 5));
    expect(proposals(lone)).to.deep.equal([1, 2, 3, 4]);
    expect(lone.replica.inspect().lastExecuted).to.equal(4);
  });

  for (const f of [0, 1, 2, 3])
    it(`f = ${f}, n = ${3 * f + 1}: clients are served, all replicas execute the same, nobody changes views`, () => {
      const cluster = new TestCluster({ faults: f });
      for (let i = 0; i < 20; i++) cluster.submit(`set k${i} ${i}`, i % 2);
      cluster.settle();
      expect([cluster.accepted(0), cluster.accepted(1)]).to.deep.equal([10, 10]);
      cluster.run(5000);
      for (const { self } of cluster.configs) {
        expect(cluster.effectsOf(self, "executed")).to.deep.equal(cluster.effectsOf(0, "executed"));
        expect(cluster.effectsOf(self, "view-change-started")).to.deep.equal([]);
        expect(cluster.effectsOf(self, "evidence")).to.deep.equal([]);
      }
    });

  it("while batches are on their way none smaller than the last is sent after them (we differ: TOCS '02 bounds their number only)", () => {
    const lone = new Lone(0, { pipelineDepth: 2 });
    const ask = (from: number, count: number) =>
      lone.deliver(...Array.from({ length: count }, (_, i) => requestOf("set x 1", 0, from + i)));
    const commit = (seq: number) => {
      const digest = lone.said("pre-prepare").find((each) => each.seq === seq)?.digest as Digest;
      const votes = [prepareOf(1, 0, seq, digest), prepareOf(2, 0, seq, digest), commitOf(1, 0, seq, digest)];
      return lone.deliver(...votes, commitOf(2, 0, seq, digest));
    };
    const sizes = () => lone.replica.inspect().slots.map(({ requests }) => requests);
    ask(1, 5);
    expect(sizes(), "two at once, three wait").to.deep.equal([1, 1]);
    commit(1);
    expect(sizes()).to.deep.equal([1, 1, 3]);
    commit(2);
    ask(6, 2);
    expect(sizes(), "two wait for a third").to.deep.equal([1, 1, 3]);
    ask(8, 1);
    expect(sizes()).to.deep.equal([1, 1, 3, 3]);
    ask(9, 1);
    commit(3);
    expect(sizes()).to.deep.equal([1, 1, 3, 3]);
    commit(4);
    expect(sizes(), "nothing is on its way: one alone is sent at once").to.deep.equal([1, 1, 3, 3, 1]);
  });
});
