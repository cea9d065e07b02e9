import type { Digest, SeqNum, View } from "@bft/core";
import type { Status } from "@bft/core/pbft";
import { Random } from "@bft/sim";
import { expect } from "chai";
import { type Envelope, TestCluster } from "./support/cluster.js";
import {
  batchNamed,
  byReplica,
  checkpointOf,
  commitOf,
  NULL_DIGEST,
  prePrepareOf,
  prepareOf,
  requestOf,
  slotOf,
  viewChangeOf,
} from "./support/forge.js";
import { droppedIn, Lone, messagesIn } from "./support/lone.js";

const statusOf = (from: number, fields: { view?: number; inView?: boolean; lastExecuted?: number; stableSeq?: number } = {}) =>
  byReplica<Status>(from, {
    kind: "status",
    view: (fields.view ?? 0) as View,
    inView: fields.inView ?? true,
    lastExecuted: (fields.lastExecuted ?? 0) as SeqNum,
    stableSeq: (fields.stableSeq ?? 0) as SeqNum,
    abstainsUntil: 0 as SeqNum,
  });

/** Lets two status intervals pass: what was there before is old enough to be sent again. */
function age(lone: Lone): void {
  lone.fire("status");
  lone.fire("status");
}

const kindsSentTo = (lone: Lone, from: number, status = statusOf(from)) =>
  lone.deliver(status).flatMap((effect) => (effect.kind === "send" && effect.to === from ? [effect.signed.kind] : []));

describe("receiver-driven retransmission (TOCS '02 §5.2)", () => {
  it("a replica says where it stands at its start and at each interval", () => {
    const lone = new Lone(1);
    lone.fire("status");
    expect(
      lone.said("status").map(({ view, inView, lastExecuted, stableSeq }) => [view, inView, lastExecuted, stableSeq]),
    ).to.deep.equal([
      [0, true, 0, 0],
      [0, true, 0, 0],
    ]);
    expect(lone.timers.get("status")).to.equal(200);
  });

  it("who lacks nothing gets nothing", () => {
    const lone = new Lone(1);
    lone.deliver(...slotOf(0, 1, batchNamed("a"), 1));
    age(lone);
    expect(kindsSentTo(lone, 2, statusOf(2, { lastExecuted: 1 }))).to.deep.equal([]);
  });

  it("what is newer than an interval is still on its way, and not sent again", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batchNamed("a")));
    expect(kindsSentTo(lone, 2)).to.deep.equal([]);
  });

  it("a backup sends its own votes again, the primary its pre-prepare with the batch", () => {
    const backup = new Lone(1);
    backup.deliver(prePrepareOf(0, 1, batchNamed("a")), prepareOf(2, 0, 1, batchNamed("a").digest));
    age(backup);
    expect(kindsSentTo(backup, 3)).to.deep.equal(["prepare", "commit"]);
    const primary = new Lone(0);
    primary.deliver(requestOf("set a 1"));
    age(primary);
    const [effect] = primary.deliver(statusOf(3));
    expect(effect?.kind === "send" && effect.signed.kind === "pre-prepare" && effect.signed.attachment).to.deep.equal(
      batchNamed("a").bytes,
    );
  });

  it("a committed batch is sent with its proof, also to a replica in another view", () => {
    const lone = new Lone(1);
    lone.deliver(...slotOf(0, 1, batchNamed("a"), 1));
    age(lone);
    const effects = lone.deliver(statusOf(3, { view: 5, inView: false }));
    expect(messagesIn(effects, "committed").map(({ seq, commits }) => [seq, commits.length])).to.deep.equal([[1, 3]]);
    const other = new Lone(3);
    for (const effect of effects) if (effect.kind === "send") other.deliver(effect.signed);
    expect(other.replica.inspect().lastExecuted).to.equal(1);
  });

  it("a replica behind our stable checkpoint gets its proof", () => {
    const lone = new Lone(1);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 1));
    const state = lone.said("checkpoint")[0]?.stateDigest as Digest;
    lone.deliver(checkpointOf(0, 8, state), checkpointOf(2, 8, state));
    expect(messagesIn(lone.deliver(statusOf(3)), "stable-checkpoint").map(({ checkpoints }) => checkpoints.length)).to.deep.equal(
      [3],
    );
  });

  it("a replica in an earlier view gets the new-view, one that waits gets our view-change", () => {
    const lone = new Lone(2);
    lone.enter(1);
    expect(kindsSentTo(lone, 3)).to.deep.equal(["new-view"]);
    expect(kindsSentTo(lone, 0, statusOf(0, { view: 1, inView: false }))).to.deep.equal(["new-view"]);
    lone.deliver(requestOf("set x 1"));
    lone.fire("view-change");
    lone.fire("status");
    expect(kindsSentTo(lone, 3)).to.deep.equal(["view-change"]);
  });

  it("each replica is answered once an interval, and at most 32 slots", () => {
    const lone = new Lone(1, { checkpointInterval: 64 });
    for (let seq = 1; seq <= 40; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 1));
    age(lone);
    expect(messagesIn(lone.deliver(statusOf(2)), "committed").map(({ seq }) => seq as number)).to.deep.equal(
      Array.from({ length: 32 }, (_, i) => i + 1),
    );
    expect(droppedIn(lone.deliver(statusOf(2)))).to.deep.equal(["status-answered-already"]);
    lone.fire("status");
    expect(messagesIn(lone.deliver(statusOf(2, { lastExecuted: 32 })), "committed")).to.have.lengthOf(8);
  });

  it("the request that has waited longest goes to the primary again at each interval", () => {
    const lone = new Lone(1);
    lone.deliver(requestOf("set a 1", 0, 1), requestOf("set b 1", 0, 2));
    const relayed = lone
      .fire("status")
      .flatMap((effect) => (effect.kind === "send" && effect.signed.kind === "request" ? [effect.signed.message.timestamp] : []));
    expect(relayed).to.deep.equal([1]);
  });

  it("a missing batch is asked for again at each interval, and taken only when it was asked for", () => {
    const batch = batchNamed("a");
    const lone = new Lone(2);
    const answer = byReplica(3, { kind: "batch", seq: 1 as SeqNum, digest: batch.digest }, batch.bytes);
    expect(droppedIn(lone.deliver(answer))).to.deep.equal(["not-asked-for"]);
    const certificate = {
      prePrepare: byReplica(0, prePrepareOf(0, 1, batch).message),
      prepares: [2, 3].map((id) => prepareOf(id, 0, 1, batch.digest)),
    };
    lone.enter(1, [[1, batch.digest]], [viewChangeOf(0, 1), viewChangeOf(1, 1), viewChangeOf(3, 1, { prepared: [certificate] })]);
    expect(messagesIn(lone.fire("status"), "fetch-batch")).to.have.lengthOf(1);
    expect(droppedIn(lone.deliver({ ...answer, attachment: batchNamed("b").bytes }))).to.deep.equal(["batch-digest-mismatch"]);
    lone.deliver(answer);
    expect(lone.said("prepare").map(({ view, digest }) => [view, digest])).to.deep.equal([[1, batch.digest]]);
    expect(messagesIn(lone.fire("status"), "fetch-batch")).to.deep.equal([]);
  });

  it("who was shown another batch than the one that a quorum commits asks for it at once, and executes it by their commits", () => {
    const [told, committed] = [batchNamed("a"), batchNamed("b")];
    const lone = new Lone(1);
    const answer = byReplica(3, { kind: "batch", seq: 1 as SeqNum, digest: committed.digest }, committed.bytes);
    lone.deliver(prePrepareOf(0, 1, told), commitOf(0, 0, 1, committed.digest), commitOf(2, 0, 1, committed.digest));
    expect(droppedIn(lone.deliver(answer))).to.deep.equal(["not-asked-for"]);
    const asked = lone.deliver(commitOf(3, 0, 1, committed.digest));
    expect(
      asked.flatMap((effect) => (effect.kind === "send" && effect.signed.kind === "fetch-batch" ? [effect.to] : [])),
    ).to.deep.equal([3]);
    expect(messagesIn(asked, "fetch-batch")).to.deep.equal([{ kind: "fetch-batch", seq: 1, digest: committed.digest }]);
    expect(droppedIn(lone.deliver({ ...answer, attachment: told.bytes }))).to.deep.equal(["batch-digest-mismatch"]);
    expect(droppedIn(lone.deliver({ ...answer, attachment: null }))).to.deep.equal(["batch-missing"]);
    const executed = lone.deliver(answer).flatMap((effect) => (effect.kind === "executed" ? [effect.digest] : []));
    expect(executed).to.deep.equal([committed.digest]);
    expect(droppedIn(lone.deliver(answer))).to.deep.equal(["not-asked-for"]);
    expect(lone.said("commit")).to.deep.equal([]);
  });

  it("what it executed by the commits of others is proven on its disk: it comes back after a crash", () => {
    const committed = batchNamed("b");
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batchNamed("a")), ...[0, 2, 3].map((from) => commitOf(from, 0, 1, committed.digest)));
    lone.deliver(byReplica(3, { kind: "batch", seq: 1 as SeqNum, digest: committed.digest }, committed.bytes));
    expect(lone.restarted().replica.inspect().lastExecuted).to.equal(1);
  });

  it("the null request is never fetched", () => {
    const lone = new Lone(2);
    const changes = [
      viewChangeOf(0, 1),
      viewChangeOf(1, 1),
      viewChangeOf(3, 1, {
        prepared: [
          {
            prePrepare: byReplica(0, prePrepareOf(0, 2, batchNamed("b")).message),
            prepares: [2, 3].map((id) => prepareOf(id, 0, 2, batchNamed("b").digest)),
          },
        ],
      }),
    ];
    expect(
      messagesIn(
        lone.enter(
          1,
          [
            [1, NULL_DIGEST],
            [2, batchNamed("b").digest],
          ],
          changes,
        ),
        "fetch-batch",
      ).map(({ seq }) => seq as number),
    ).to.deep.equal([2]);
  });

  for (const kind of ["pre-prepare", "prepare", "commit", "checkpoint", "view-change", "new-view", "reply", "request"] as const)
    it(`the first ${kind} of each on every link is lost: everybody is served and comes to the same state`, () => {
      const cluster = new TestCluster({ config: { checkpointInterval: 2 } });
      const lost = new Set<string>();
      cluster.meddle = (envelope) => {
        const name = `${envelope.from.role}${envelope.from.id}>${envelope.to.role}${envelope.to.id} ${Buffer.from(envelope.signed.payload).toString("hex")}`;
        if (envelope.signed.kind !== kind || lost.has(name)) return [envelope];
        lost.add(name);
        return [];
      };
      for (let i = 0; i < 10; i++) cluster.submit(`set k${i} ${i}`, i % 2);
      if (kind === "view-change" || kind === "new-view") cluster.kill(0);
      cluster.runUntil(() => cluster.accepted(0) === 5 && cluster.accepted(1) === 5, 30_000);
      cluster.run(3000);
      const up = [1, 2, 3];
      expect(new Set(up.map((id) => cluster.status(id).lastExecuted)).size).to.equal(1);
      expect(lost.size, "messages really were lost").to.be.greaterThan(0);
    });

  it("half of all messages are lost, for good: clients are served nevertheless", () => {
    const random = new Random(3);
    const cluster = new TestCluster();
    let lost = 0;
    cluster.meddle = (envelope: Envelope) => {
      if (random.chance(0.5)) return [envelope];
      lost += 1;
      return [];
    };
    for (let i = 0; i < 10; i++) cluster.ask(`set k${i} ${i}`, 0, 120_000);
    expect(lost).to.be.greaterThan(100);
    for (const { self } of cluster.configs) expect(cluster.effectsOf(self, "evidence")).to.deep.equal([]);
  });
});
