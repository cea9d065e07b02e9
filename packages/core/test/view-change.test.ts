import type { Digest, Signed } from "@bft/core";
import type { ViewChange } from "@bft/core/pbft";
import { expect } from "chai";
import {
  batchNamed,
  certificateOf,
  checkpointOf,
  commitOf,
  digestOf,
  NULL_DIGEST,
  prePrepareOf,
  prepareOf,
  requestOf,
  slotOf,
  viewChangeOf,
} from "./support/forge.js";
import { droppedIn, Lone, messagesIn } from "./support/lone.js";

const digests = ["a", "b", "c", "d"].map(digestOf) as [Digest, Digest, Digest, Digest];

/** Replica 1 is the primary of view 1: what it announces with these view-changes of the others. */
function announced(...changes: readonly Signed<ViewChange>[]) {
  const lone = new Lone(1);
  lone.deliver(...changes);
  const [newView] = lone.said("new-view");
  return { lone, newView, O: newView?.prePrepares.map(({ message }) => [message.seq as number, message.digest]) };
}

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
    expect(
      message?.checkpoints.map(({ signerId, message: { seq, stateDigest } }) => [signerId, seq, stateDigest]),
    ).to.have.deep.members([0, 2, 3].map((id) => [id, 8, state]));
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
      return lone
        .said("view-change")
        .at(-1)
        ?.prepared.map(({ prePrepare: { message } }) => [message.view as number, message.digest]);
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
    const effects = lone.deliver(
      prepareOf(1, 0, 1, batchNamed("a").digest),
      prePrepareOf(0, 2, batchNamed("b", 2)),
      ...[0, 1, 3].map((id) => commitOf(id, 0, 1, batchNamed("a").digest)),
    );
    expect([...messagesIn(effects, "prepare"), ...messagesIn(effects, "commit")]).to.deep.equal([]);
    expect(lone.replica.inspect().lastExecuted).to.equal(0);
  });
});

describe("§4.4: <NEW-VIEW, v+1, V, O>", () => {
  it("is announced with a quorum of view-changes, own included, and not before", () => {
    const lone = new Lone(1);
    lone.deliver(viewChangeOf(0, 1));
    expect(lone.said("new-view")).to.deep.equal([]);
    // The second one makes it join, and with its own there are three.
    lone.deliver(viewChangeOf(2, 1));
    expect(lone.said("new-view").map(({ viewChanges }) => viewChanges.map(({ signerId }) => signerId))).to.deep.equal([
      [0, 1, 2],
    ]);
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
    const effects = lone.enter(
      1,
      [
        [1, NULL_DIGEST],
        [2, batch.digest],
      ],
      [viewChangeOf(0, 1), viewChangeOf(1, 1), viewChangeOf(3, 1, { prepared: [certificate] })],
    );
    expect(messagesIn(effects, "prepare").map(({ view, seq, digest }) => [view, seq, digest])).to.deep.equal([
      [1, 1, NULL_DIGEST],
      [1, 2, batch.digest],
    ]);
  });

  it("a batch that it lacks is fetched, and then prepared", () => {
    const batch = batchNamed("a");
    const lone = new Lone(2);
    const changes = [
      viewChangeOf(0, 1),
      viewChangeOf(1, 1),
      viewChangeOf(3, 1, { prepared: [certificateOf(0, 1, batch.digest, [2, 3])] }),
    ];
    const effects = lone.enter(1, [[1, batch.digest]], changes);
    expect(messagesIn(effects, "fetch-batch").map(({ seq, digest }) => [seq, digest])).to.deep.equal([[1, batch.digest]]);
    expect(messagesIn(effects, "prepare")).to.deep.equal([]);
    lone.deliver(prePrepareOf(1, 1, batch));
    expect(lone.said("prepare").map(({ view, seq }) => [view, seq])).to.deep.equal([[1, 1]]);
  });

  it("O may reach beyond the window of a replica that learns of min-s by it: those slots are accepted, after a restart too", () => {
    const lone = new Lone(2);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 2));
    const state = lone.said("checkpoint")[0]?.stateDigest as Digest;
    const checkpoints = [0, 1, 3].map((id) => checkpointOf(id, 8, state));
    const prepared = [certificateOf(0, 20, digests[0], [1, 3])];
    expect(lone.replica.inspect().highWaterMark).to.equal(16);
    const order = Array.from({ length: 12 }, (_, i) => [9 + i, i === 11 ? digests[0] : NULL_DIGEST] as const);
    const effects = lone.enter(1, order, [
      viewChangeOf(0, 1),
      viewChangeOf(1, 1),
      viewChangeOf(3, 1, { stableSeq: 8, checkpoints, prepared }),
    ]);
    expect(messagesIn(effects, "prepare").map(({ seq }) => seq as number)).to.deep.equal(order.slice(0, 11).map(([seq]) => seq));
    const records = lone.effects.flatMap((effect) => (effect.kind === "persist" ? [effect.record] : []));
    for (const each of [lone, lone.restarted(), new Lone(2, {}, { state: null, records, lost: false })])
      expect(droppedIn(each.deliver(prePrepareOf(1, 20, batchNamed("other", 20))))).to.deep.equal(["conflicting-vote"]);
  });

  it("a null request executes nothing and takes its number", () => {
    const lone = new Lone(2);
    lone.enter(
      1,
      [
        [1, NULL_DIGEST],
        [2, digests[0]],
      ],
      [viewChangeOf(0, 1), viewChangeOf(1, 1), viewChangeOf(3, 1, { prepared: [certificateOf(0, 2, digests[0], [2, 3])] })],
    );
    lone.deliver(prepareOf(3, 1, 1, NULL_DIGEST), commitOf(1, 1, 1, NULL_DIGEST), commitOf(3, 1, 1, NULL_DIGEST));
    expect(
      lone.effects.flatMap((effect) => (effect.kind === "executed" ? [[effect.seq, effect.requests.length]] : [])),
    ).to.deep.equal([[1, 0]]);
  });

  it("votes of the new view that came before its new-view count", () => {
    const batch = batchNamed("a");
    const lone = new Lone(2);
    lone.deliver(requestOf("set x 1", 0, 9), prePrepareOf(0, 1, batch));
    lone.fire("view-change");
    lone.deliver(prepareOf(0, 1, 1, batch.digest), commitOf(0, 1, 1, batch.digest), commitOf(1, 1, 1, batch.digest));
    lone.enter(
      1,
      [[1, batch.digest]],
      [viewChangeOf(0, 1), viewChangeOf(1, 1), viewChangeOf(3, 1, { prepared: [certificateOf(0, 1, batch.digest, [2, 3])] })],
    );
    expect(lone.replica.inspect().lastExecuted).to.equal(1);
  });

  it("a backup relays the requests that it knows to the new primary", () => {
    const lone = new Lone(2);
    lone.deliver(requestOf("set x 1", 0, 1), requestOf("set y 1", 1, 1));
    const effects = lone.enter(1);
    expect(
      effects.flatMap((effect) => (effect.kind === "send" && effect.signed.kind === "request" ? [effect.to] : [])),
    ).to.deep.equal([1, 1]);
  });
});
