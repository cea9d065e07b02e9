import type { Digest } from "@bft/core";
import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";
import {
  batchNamed,
  batchOf,
  byReplica,
  checkpointOf,
  digestOf,
  prePrepareOf,
  prepareOf,
  requestOf,
  slotOf,
} from "./support/forge.js";
import { droppedIn, Lone, messagesIn } from "./support/lone.js";

/** A lone replica that has executed `count` batches in view 0. */
function executed(count: number, self = 1): { readonly lone: Lone; readonly digestAt: (seq: number) => Digest } {
  const lone = new Lone(self);
  for (let seq = 1; seq <= count; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), self));
  const digestAt = (seq: number) => lone.said("checkpoint").find((each) => each.seq === seq)?.stateDigest as Digest;
  return { lone, digestAt };
}

describe("§4.3: checkpoints", () => {
  it("a checkpoint is produced when a batch with n divisible by K was executed", () => {
    const { lone } = executed(15);
    expect(lone.said("checkpoint").map(({ seq }) => seq)).to.deep.equal([8]);
    lone.deliver(...slotOf(0, 16, batchNamed("k16", 16), 1));
    expect(lone.said("checkpoint").map(({ seq }) => seq)).to.deep.equal([8, 16]);
  });

  it("equal histories give equal digests on every replica, different ones do not", () => {
    const [one, two] = [executed(8, 1), executed(8, 2)];
    expect(one.digestAt(8)).to.equal(two.digestAt(8));
    const other = new Lone(3);
    for (let seq = 1; seq <= 8; seq++) other.deliver(...slotOf(0, seq, batchNamed("same", seq), 3));
    expect(other.said("checkpoint")[0]?.stateDigest).to.not.equal(one.digestAt(8));
  });

  it("the client table is part of the state: the same data with another request number is another state", () => {
    const digests = [1, 2].map((timestamp) => {
      const lone = new Lone(1, { checkpointInterval: 1, pipelineDepth: 1 });
      lone.deliver(...slotOf(0, 1, batchNamed("k", timestamp), 1));
      return lone.said("checkpoint")[0]?.stateDigest;
    });
    expect(digests[0]).to.not.equal(digests[1]);
  });

  it("it is stable with a quorum of equal votes, own included, not with f+1", () => {
    const { lone, digestAt } = executed(8);
    lone.deliver(checkpointOf(0, 8, digestAt(8)));
    expect(lone.replica.inspect().lowWaterMark).to.equal(0);
    lone.deliver(checkpointOf(2, 8, digestAt(8)));
    expect(lone.replica.inspect().lowWaterMark).to.equal(8);
  });

  it("votes for another digest, or twice by one replica, do not make it stable", () => {
    const { lone, digestAt } = executed(8);
    lone.deliver(
      checkpointOf(0, 8, digestAt(8)),
      checkpointOf(0, 8, digestAt(8)),
      checkpointOf(2, 8, digestOf("x")),
      checkpointOf(3, 8, digestOf("y")),
    );
    expect(lone.replica.inspect().lowWaterMark).to.equal(0);
  });

  it("a replica that signs two digests for one sequence number is accused, once", () => {
    const { lone, digestAt } = executed(8);
    const effects = lone.deliver(...[digestAt(8), digestOf("x"), digestOf("y")].map((digest) => checkpointOf(2, 8, digest)));
    expect(effects.flatMap((effect) => (effect.kind === "evidence" ? [effect.accused] : []))).to.deep.equal([2]);
    expect(droppedIn(effects)).to.deep.equal(["conflicting-vote", "conflicting-vote"]);
  });

  it("votes that came before the replica got there itself count", () => {
    const { digestAt } = executed(8, 2);
    const lone = new Lone(1);
    lone.deliver(...[0, 2, 3].map((id) => checkpointOf(id, 8, digestAt(8))));
    expect(lone.replica.inspect().lowWaterMark).to.equal(0);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 1));
    expect(lone.replica.inspect().lowWaterMark).to.equal(8);
  });

  describe("of a state in which much has changed (we differ: its digest is computed a part at a time)", () => {
    const WIDE = { batchOperationsMax: 256 };
    const wide = (seq: number) =>
      batchOf(
        requestOf(
          Array.from({ length: 256 }, (_, i) => `set ${seq}-${i} x`),
          0,
          seq,
        ),
      );
    const executedWide = (self: number, count = 8) => {
      const lone = new Lone(self, WIDE);
      for (let seq = 1; seq <= count; seq++) lone.deliver(...slotOf(0, seq, wide(seq), self));
      return lone;
    };
    const digested = (lone: Lone) => {
      let timers = 0;
      for (; lone.timers.has("checkpoint"); timers++) lone.fire("checkpoint");
      return timers;
    };

    it("it is sent when its digest is complete: by and by as inputs come, or by a timer when none do", () => {
      const [idle, busy] = [executedWide(1), executedWide(2)];
      expect(idle.said("checkpoint")).to.deep.equal([]);
      expect(digested(idle)).to.be.within(5, 15);
      for (let i = 0; busy.said("checkpoint").length === 0 && i < 15; i++) busy.deliver(requestOf("get x", 1, i + 1));
      expect(busy.said("checkpoint")).to.deep.equal(idle.said("checkpoint"));
      expect(idle.said("checkpoint").map(({ seq }) => seq)).to.deep.equal([8]);
    });

    it("it is of the state after its batch, whatever is executed while the digest is computed", () => {
      const [straight, on] = [executedWide(1), executedWide(1, 9)];
      digested(straight);
      digested(on);
      expect(on.said("checkpoint")).to.deep.equal(straight.said("checkpoint"));
    });

    it("a certificate that comes first waits for it, and starts no transfer", () => {
      const source = executedWide(2);
      digested(source);
      const digest = source.said("checkpoint")[0]?.stateDigest as Digest;
      const lone = executedWide(1);
      lone.deliver(...[0, 2, 3].map((id) => checkpointOf(id, 8, digest)));
      for (let i = 0; i < 2; i++) lone.fire("status");
      expect(lone.said("fetch-state")).to.deep.equal([]);
      digested(lone);
      expect(lone.replica.inspect().lowWaterMark).to.equal(8);
    });

    it("a replica that is killed in its midst takes it again", () => {
      const lone = executedWide(1);
      const again = lone.restarted();
      digested(lone);
      expect(again.replica.inspect().checkpoint.stateDigest).to.equal(lone.said("checkpoint")[0]?.stateDigest);
    });
  });

  describe("when it is stable", () => {
    const stable = () => {
      const { lone, digestAt } = executed(10);
      const effects = lone.deliver(checkpointOf(0, 8, digestAt(8)), checkpointOf(2, 8, digestAt(8)));
      return { lone, digestAt, effects };
    };

    it('"the checkpoint protocol is used to advance the low and high water marks": h = n, H = h + 2K', () => {
      const { lowWaterMark, highWaterMark } = stable().lone.replica.inspect();
      expect([lowWaterMark, highWaterMark]).to.deep.equal([8, 24]);
    });

    it("everything at or below n is discarded, the rest is kept", () => {
      expect(
        stable()
          .lone.replica.inspect()
          .slots.map(({ seq }) => seq),
      ).to.deep.equal([9, 10]);
    });

    it("messages at or below h and above H are refused", () => {
      const { lone, digestAt } = stable();
      expect(droppedIn(lone.deliver(prePrepareOf(0, 8, batchNamed("x"))))).to.deep.equal(["below-window"]);
      expect(droppedIn(lone.deliver(prepareOf(2, 0, 25, digestOf("x"))))).to.deep.equal(["above-window"]);
      expect(droppedIn(lone.deliver(checkpointOf(3, 8, digestAt(8))))).to.deep.equal(["below-window"]);
      expect(droppedIn(lone.deliver(checkpointOf(3, 32, digestOf("x"))))).to.deep.equal(["above-window"]);
      expect(droppedIn(lone.deliver(prePrepareOf(0, 24, batchNamed("x"))))).to.deep.equal([]);
    });

    it("the host is told once what replaces the older records, and a replica made from that is the same", () => {
      const { lone, effects, digestAt } = stable();
      expect(effects.filter(({ kind }) => kind === "checkpoint-stable")).to.have.lengthOf(1);
      const told = effects.find((effect) => effect.kind === "checkpoint-stable");
      expect(told).to.deep.include({ seq: 8, stateDigest: digestAt(8) });
      const [before, after] = [lone, lone.restarted()].map(({ replica }) => replica.inspect());
      for (const key of ["view", "lastExecuted", "lowWaterMark", "highWaterMark", "checkpoint"] as const)
        expect(after?.[key]).to.deep.equal(before?.[key]);
      const phases = (status: typeof before) =>
        status?.slots.map(({ seq, digest, prepared, committed, executed }) => [seq, digest, prepared, committed, executed]);
      expect(phases(after)).to.deep.equal(phases(before)).and.have.lengthOf(2);
    });
  });

  it("a checkpoint that is no multiple of K is refused", () => {
    expect(droppedIn(new Lone(1).deliver(checkpointOf(2, 7, digestOf("x"))))).to.deep.equal(["not-a-checkpoint"]);
  });

  it("a replica's own vote is not lost by a restart: who asks gets it again, with the same bytes", () => {
    const { lone, digestAt } = executed(8);
    const again = lone.restarted();
    const effects = again.deliver(
      byReplica(2, { kind: "status", view: 0, inView: true, lastExecuted: 8, stableSeq: 0, abstainsUntil: 0 } as never),
    );
    expect(messagesIn(effects, "checkpoint")).to.deep.equal([{ kind: "checkpoint", seq: 8, stateDigest: digestAt(8) }]);
    again.deliver(checkpointOf(0, 8, digestAt(8)), checkpointOf(2, 8, digestAt(8)));
    expect(again.replica.inspect().lowWaterMark).to.equal(8);
  });

  it("the log and the states kept are bounded, however long the cluster runs", () => {
    const cluster = new TestCluster({ config: { checkpointInterval: 4 } });
    let most = 0;
    for (let i = 0; i < 200; i++) {
      cluster.ask(`set k${i % 10} ${i}`);
      most = Math.max(most, ...[0, 1, 2, 3].map((id) => cluster.status(id).slots.length));
    }
    expect(most).to.be.within(2, 8);
    expect(cluster.status(2).lowWaterMark).to.be.at.least(196);
    expect(cluster.disks[2]?.records.length).to.be.lessThan(60);
  });

  it("f replicas that lie about checkpoints neither stop the window nor move it", () => {
    const cluster = new TestCluster();
    cluster.meddle = (envelope) => {
      const { message } = envelope.signed;
      if (envelope.from.id !== 3 || message.kind !== "checkpoint") return [envelope];
      return [{ ...envelope, signed: byReplica(3, { ...message, stateDigest: digestOf("lie") }) as typeof envelope.signed }];
    };
    for (let i = 0; i < 20; i++) cluster.ask(`set k ${i}`);
    expect([0, 1, 2].map((id) => cluster.status(id).lowWaterMark)).to.deep.equal([16, 16, 16]);
    expect(cluster.effectsOf(0, "evidence")).to.deep.equal([]);
  });
});
