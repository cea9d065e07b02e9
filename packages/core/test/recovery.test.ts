import { encodeWire, NOTHING_SAVED, RecoveryError, type SeqNum } from "@bft/core";
import { expect } from "chai";
import { readRecord } from "../src/pbft/records.js";
import { TestCluster } from "./support/cluster.js";
import { emptyDisk } from "./support/cluster-types.js";
import {
  batchNamed,
  certificateOf,
  checkpointOf,
  commitOf,
  digestOf,
  newViewOf,
  prePrepareOf,
  prepareOf,
  requestOf,
  slotOf,
  viewChangeOf,
} from "./support/forge.js";
import { fastPortsOf } from "./support/keys.js";
import { Lone } from "./support/lone.js";
import { Safety } from "./support/safety.js";
import { tempt, votesOf } from "./support/tempt.js";

/** What happens to the cluster while one of its replicas is killed at each point in turn. */
interface Story {
  readonly title: string;
  readonly victim: number;
  readonly tell: (cluster: TestCluster, keepAlive: () => void) => void;
}

const STORIES: readonly Story[] = [0, 1].flatMap((victim): Story[] => [
  {
    title: `the ${victim === 0 ? "primary" : "backup"} orders requests past two checkpoints`,
    victim,
    tell: (cluster, keepAlive) => {
      for (let i = 0; i < 10; i++) {
        cluster.submit(`set k${i % 3} ${i}`, i % 2);
        cluster.run(20);
        keepAlive();
      }
    },
  },
  {
    title: `replica ${victim} goes through view changes with slots prepared and not committed`,
    victim,
    tell: (cluster, keepAlive) => {
      for (let i = 0; i < 3; i++) cluster.submit(`set k${i} ${i}`);
      cluster.run(100);
      keepAlive();
      cluster.meddle = (envelope) =>
        envelope.signed.message.kind === "commit" && envelope.signed.message.view === 0 ? [] : [envelope];
      cluster.submit("set prepared 1", 1);
      cluster.run(50);
      keepAlive();
      // View 0 never commits it: views change, and the victim is the primary of one of them.
      for (let i = 0; i < 40; i++) {
        cluster.run(100);
        keepAlive();
      }
      cluster.meddle = (envelope) => [envelope];
      for (let i = 0; i < 6; i++) {
        cluster.submit(`set l${i} ${i}`);
        cluster.run(100);
        keepAlive();
      }
    },
  },
]);

const CATCH_UP: Story = {
  title: "a lagging replica fetches the state and takes part again",
  victim: 3,
  tell: (cluster, keepAlive) => {
    let cut = true;
    cluster.meddle = (envelope) =>
      cut &&
      (envelope.from.id === 3 || envelope.to.id === 3) &&
      envelope.from.role === "replica" &&
      envelope.to.role === "replica"
        ? []
        : [envelope];
    for (let i = 0; i < 12; i++) cluster.ask(["set a 1", "set b 1", "set c 1"].map((each) => `${each}${i}`));
    cut = false;
    for (let i = 0; i < 20; i++) {
      cluster.run(100);
      keepAlive();
    }
    for (let i = 0; i < 6; i++) {
      cluster.submit(`set d${i} 1`);
      cluster.run(50);
      keepAlive();
    }
  },
};

/** Runs the story and kills the victim right after its record number `point`; false when it never wrote so many. */
function killedAt(story: Story, point: number, compact: boolean): boolean {
  const cluster = new TestCluster({ compact, ports: fastPortsOf, config: { checkpointInterval: 4, pipelineDepth: 2 } });
  const safety = new Safety(cluster, [0, 1, 2, 3]);
  let written = 0;
  let killed = false;
  cluster.crashAfter = (id) => {
    if (id !== story.victim || killed) return false;
    written += 1;
    killed = written === point;
    return killed;
  };
  const votes = votesOf(cluster, story.victim);
  const keepAlive = () => {
    if (cluster.replicas[story.victim] !== null) return;
    tempt(cluster, story.victim, votes);
    cluster.start(story.victim);
    safety.restarted(story.victim);
  };
  story.tell(cluster, keepAlive);
  cluster.crashAfter = () => false;
  keepAlive();
  cluster.run(500);
  const answered = cluster.accepted(0);
  cluster.submit("set end 1");
  cluster.runUntil(() => cluster.accepted(0) > answered && equal(cluster), 60_000);
  expect(safety.checks).to.be.greaterThan(10);
  return killed;
}

function equal(cluster: TestCluster): boolean {
  return new Set([0, 1, 2, 3].map((id) => cluster.status(id).lastExecuted)).size === 1;
}

describe("recovery: a replica killed at any point never contradicts itself, and the cluster agrees", () => {
  for (const story of [...STORIES, CATCH_UP])
    for (const compact of [true, false])
      it(`${story.title}: killed after each of its records (${compact ? "compacted" : "whole"} log)`, () => {
        let point = 1;
        while (killedAt(story, point, compact)) point += 1;
        expect(point).to.be.greaterThan(20);
      }).timeout(60_000);
});

/** Cuts the power of all replicas when replica 2 has written so many records, and of those that are synchronised only. */
function powerLostAt(point: number): { readonly lost: boolean; readonly gone: number } {
  const cluster = new TestCluster({ ports: fastPortsOf, compact: true, config: { checkpointInterval: 4, pipelineDepth: 2 } });
  const safety = new Safety(cluster, [0, 1, 2, 3]);
  const ids = [0, 1, 2, 3];
  let written = 0;
  let gone = 0;
  let lost = false;
  cluster.crashAfter = (id) => {
    if (lost || id !== 2) return lost;
    written += 1;
    lost = written === point;
    return lost;
  };
  for (let i = 0; i < 8 && !lost; i++) {
    cluster.submit([`set a ${i}`, `set b ${i}`], 0);
    cluster.run(100);
  }
  const told = cluster.outcomes.get(0)?.length ?? 0;
  for (const id of ids) {
    cluster.kill(id);
    gone += cluster.losePower(id);
  }
  cluster.crashAfter = () => false;
  for (const id of ids) {
    cluster.start(id);
    safety.lostPower(id);
  }
  const { results } = cluster.ask(["get a", "get b"], 0, 60_000);
  expect(Number(results[0]?.value ?? -1), "what was answered is still there").to.be.at.least(told - 1);
  expect(results[1]).to.deep.equal(results[0]);
  cluster.runUntil(() => equal(cluster), 60_000);
  return { lost, gone };
}

describe("recovery: the power goes", () => {
  it("at any moment, everywhere at once: what a client was told is executed again, from the certificates on the disks", () => {
    let gone = 0;
    let point = 1;
    for (; ; point++) {
      const cut = powerLostAt(point);
      gone += cut.gone;
      if (!cut.lost) break;
    }
    expect(point).to.be.greaterThan(20);
    expect(gone, "records that were not synchronised").to.be.greaterThan(10);
  }).timeout(60_000);

  it("a read that needs no order sees every write that was answered before the power went", () => {
    const cluster = new TestCluster({ ports: fastPortsOf, reads: "fast" });
    cluster.ask("set a 1");
    for (const id of [0, 1, 2, 3]) {
      cluster.kill(id);
      cluster.losePower(id);
    }
    for (const id of [0, 1, 2, 3]) cluster.start(id);
    expect([0, 1, 2, 3].map((id) => cluster.status(id).lastExecuted)).to.deep.equal([0, 0, 0, 0]);
    cluster.submit("get a", 0, true);
    cluster.runUntil(() => cluster.accepted(0) === 2, 60_000);
    expect(cluster.outcomes.get(0)?.at(-1)?.results).to.deep.equal([{ ok: true, value: "1" }]);
  });

  it("takes from a replica what it executed last, and no vote and no certificate", () => {
    const cluster = new TestCluster({ ports: fastPortsOf });
    cluster.ask("set a 1");
    cluster.run(100);
    const votes = votesOf(cluster, 1);
    cluster.kill(1);
    expect(cluster.losePower(1)).to.equal(1);
    cluster.start(1);
    expect(cluster.status(1)).to.deep.include({ lastExecuted: 0 });
    expect(cluster.status(1).slots[0]).to.deep.include({ seq: 1, prepared: true });
    expect(() => tempt(cluster, 1, votes)).to.not.throw();
    cluster.run(1000);
    expect(cluster.status(1).lastExecuted).to.equal(1);
  });
});

describe("recovery: the check itself", () => {
  it("can fail: a replica that comes back without its records takes what it is tempted with", () => {
    const cluster = new TestCluster({ ports: fastPortsOf });
    const votes = votesOf(cluster, 1);
    cluster.ask("set a 1");
    expect(() => tempt(cluster, 1, votes)).to.not.throw();
    cluster.disks[1] = emptyDisk();
    expect(() => tempt(cluster, 1, votes)).to.throw(/tempted to vote twice in view 0, number 1/);
  });
});

describe("recovery: what a restarted replica knows", () => {
  it("its vote, so that it does not vote for another proposal", () => {
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batchNamed("a")));
    const again = lone.restarted();
    const effects = again.deliver(prePrepareOf(0, 1, batchNamed("b", 2)));
    expect(again.said("prepare")).to.deep.equal([]);
    expect(effects.map(({ kind }) => kind)).to.include("evidence");
  });

  it("what it assigned as primary, so that it does not assign the number again", () => {
    const lone = new Lone(0);
    lone.deliver(requestOf("set a 1", 0, 1));
    const again = lone.restarted();
    again.deliver(requestOf("set b 1", 0, 2));
    expect(again.said("pre-prepare").map(({ seq }) => seq)).to.deep.equal([2]);
  });

  it("its prepared certificate: the view-change after the restart carries it", () => {
    const batch = batchNamed("a");
    const lone = new Lone(1);
    lone.deliver(prePrepareOf(0, 1, batch), prepareOf(2, 0, 1, batch.digest));
    const again = lone.restarted();
    again.deliver(viewChangeOf(2, 1), viewChangeOf(3, 1));
    expect(again.said("view-change")[0]?.prepared.map(({ prePrepare }) => prePrepare.message.digest)).to.deep.equal([
      batch.digest,
    ]);
  });

  it("what it executed, with the client table: a request executes once", () => {
    const lone = new Lone(1);
    lone.deliver(...slotOf(0, 1, batchNamed("a"), 1));
    const again = lone.restarted();
    expect(again.replica.inspect().lastExecuted).to.equal(1);
    expect(again.deliver(requestOf("set a 1")).map(({ kind }) => kind)).to.deep.equal(["reply", "dropped"]);
  });

  it("the view-change that it sent: it stays out of the old view and says the same again", () => {
    const lone = new Lone(2);
    lone.deliver(requestOf("set a 1"));
    lone.fire("view-change");
    const again = lone.restarted();
    again.deliver(prePrepareOf(0, 1, batchNamed("a")));
    expect(again.said("prepare")).to.deep.equal([]);
    expect(again.replica.inspect().viewChange).to.deep.equal({ view: 1, votes: [2] });
  });

  it("the view-change that it sent, also when a checkpoint became stable after it and took the place of older records", () => {
    const lone = new Lone(2);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 2));
    lone.deliver(requestOf("set a 1", 0, 50));
    lone.fire("view-change");
    const [own] = lone.said("checkpoint");
    for (const id of [0, 3]) lone.deliver(checkpointOf(id, 8, own?.stateDigest ?? digestOf("none")));
    const again = lone.restarted();
    expect([again.replica.inspect().lowWaterMark, again.replica.inspect().viewChange]).to.deep.equal([
      8,
      { view: 1, votes: [2] },
    ]);
  });

  it("the view that it is in, and its votes there", () => {
    const lone = new Lone(2);
    lone.enter(
      5,
      [[1, digestOf("x")]],
      [0, 1, 3].map((id) => viewChangeOf(id, 5, { prepared: [certificateOf(0, 1, digestOf("x"), [1, 3])] })),
    );
    lone.deliver(prePrepareOf(5, 2, batchNamed("b", 2)));
    const again = lone.restarted();
    expect([again.view, again.replica.inspect().viewChange]).to.deep.equal([5, null]);
    expect(again.deliver(prePrepareOf(5, 2, batchNamed("c", 3))).map(({ kind }) => kind)).to.include("evidence");
    expect(again.deliver(newViewOf(1, [], [])).map((effect) => effect.kind === "dropped" && effect.reason)).to.deep.equal([
      "view-old",
    ]);
  });

  it("its stable checkpoint with its proof", () => {
    const lone = new Lone(1);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 1));
    const [own] = lone.said("checkpoint");
    for (const id of [0, 2]) lone.deliver(checkpointOf(id, 8, own?.stateDigest ?? digestOf("none")));
    const again = lone.restarted();
    again.deliver(requestOf("set x 1", 0, 50));
    again.fire("view-change");
    expect(again.said("view-change").map(({ stableSeq, checkpoints }) => [stableSeq, checkpoints.length])).to.deep.equal([
      [8, 3],
    ]);
  });

  it("nothing that it signs after a restart differs from what it signed before", () => {
    const lone = new Lone(1);
    lone.deliver(
      prePrepareOf(0, 1, batchNamed("a")),
      prepareOf(3, 0, 1, batchNamed("a").digest),
      commitOf(0, 0, 1, batchNamed("a").digest),
    );
    const signed = (each: Lone) => {
      each.fire("status");
      each.fire("status");
      const status = { kind: "status", view: 0, inView: true, lastExecuted: 0, stableSeq: 0, abstainsUntil: 0 };
      const effects = each.deliver({ ...prepareOf(3, 0, 9, digestOf("x")), kind: "status", message: status as never });
      return effects.flatMap((effect) => (effect.kind === "send" && effect.to === 3 ? [effect.signed] : []));
    };
    expect(signed(lone)).to.have.lengthOf(2);
    expect(signed(lone.restarted())).to.deep.equal(signed(lone));
  });
});

describe("recovery: a log that can not be read", () => {
  const records: readonly (readonly [title: string, record: Uint8Array])[] = [
    ["bytes that are no record", Uint8Array.of(1, 2, 3)],
    ["an unknown kind", encodeWire([99])],
    ["a record cut short", encodeWire([1])],
    ["a stable checkpoint without its proof", encodeWire([4, []])],
  ];
  for (const [title, record] of records)
    it(`${title}: RecoveryError, no guess`, () => {
      expect(() => new Lone(1, {}, { ...NOTHING_SAVED, records: [record] })).to.throw(RecoveryError, /log/);
    });

  it("a record missing from its midst: what was executed can not be told", () => {
    const lone = new Lone(1);
    for (let seq = 1; seq <= 3; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 1));
    const { records } = lone.disk;
    const second = records.findIndex((record) => readRecord(record)?.kind === "executed") + 1;
    const rest = records.slice(second).findIndex((record) => readRecord(record)?.kind === "executed");
    const holed = records.filter((_, index) => index !== second + rest);
    expect(holed.length).to.equal(records.length - 1);
    expect(() => new Lone(1, {}, { ...NOTHING_SAVED, records: holed })).to.throw(
      RecoveryError,
      /after sequence number 1 it goes on with 3/,
    );
  });

  it("a saved state that is not the attested one", () => {
    const lone = new Lone(1);
    for (let seq = 1; seq <= 8; seq++) lone.deliver(...slotOf(0, seq, batchNamed(`k${seq}`, seq), 1));
    const [own] = lone.said("checkpoint");
    for (const id of [0, 2]) lone.deliver(checkpointOf(id, 8, own?.stateDigest ?? digestOf("none")));
    const saved = { state: { seq: 8 as SeqNum, root: null }, records: lone.disk.records, lost: false };
    expect(() => new Lone(1, {}, saved)).to.throw(RecoveryError, /not the one that a quorum attested/);
  });
});
