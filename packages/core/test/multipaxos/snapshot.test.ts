import { encodeWire, MerkleStore, NOTHING_SAVED, type SeqNum } from "@bft/core";
import { MULTIPAXOS, type PaxosMessage, type SnapshotPart } from "@bft/core/multipaxos";
import { expect } from "chai";
import { CrashCluster } from "../support/crash-cluster.js";
import {
  acceptOf,
  byReplica,
  chosenOf,
  droppedIn,
  executedIn,
  fetchOf,
  heartbeatOf,
  LonePaxos,
  messagesIn,
  ports,
  prepareOf,
  proposalsIn,
  requestOf,
  valueNamed,
} from "./lone.js";

const value = (timestamp: number) => valueNamed(`k${timestamp}`, timestamp);

/** A learner that has executed instances 1 to `last`, with K = 2. */
function executed(last: number, self = 1): LonePaxos {
  const lone = new LonePaxos(self, { checkpointInterval: 2 });
  for (let seq = 1; seq <= last; seq++) lone.deliver(acceptOf(0, seq, value(seq), seq - 1));
  lone.deliver(heartbeatOf(0, last));
  expect(lone.status.lastExecuted).to.equal(last);
  return lone;
}

/** A replica that has missed everything and has asked replica 0 for it. */
function behind(chosen: number, self = 2): LonePaxos {
  const lone = new LonePaxos(self, { checkpointInterval: 2 });
  lone.deliver(heartbeatOf(0, chosen));
  for (let tick = 0; tick < 2; tick++) lone.fire("tick");
  expect(lone.said("fetch")).to.deep.equal([{ kind: "fetch", from: 1 }]);
  return lone;
}

/** The parts of a snapshot that `source` answers `asker` with, one question after the other. */
function parts(source: LonePaxos, asker: number): SnapshotPart[] {
  const got: SnapshotPart[] = [];
  let answer = messagesIn(source.deliver(fetchOf(asker, 1)), "snapshot")[0];
  while (answer !== undefined) {
    got.push(answer);
    if (answer.last) break;
    const next = { kind: "fetch-snapshot", seq: answer.seq, part: answer.part + 1 } as const;
    answer = messagesIn(source.deliver(byReplica(asker, next)), "snapshot")[0];
  }
  return got;
}

describe("Multi-Paxos: snapshots", () => {
  it("are taken every K instances; instances since the one before are kept for who is a little behind", () => {
    const lone = executed(7);
    const stable = lone.effects.filter(({ kind }) => kind === "checkpoint-stable");
    expect(stable).to.have.length(3);
    expect(lone.status).to.include({ lowWaterMark: 6, highWaterMark: 10, lastExecuted: 7 });
    expect(lone.status.retained.slots).to.equal(3);
    expect(messagesIn(lone.deliver(fetchOf(2, 5)), "chosen").map(({ seq }) => seq as number)).to.deep.equal([5, 6, 7]);
    expect(messagesIn(lone.deliver(fetchOf(2, 4)), "chosen")).to.deep.equal([]);
    expect(messagesIn(lone.deliver(fetchOf(2, 4)), "snapshot")[0]).to.include({ seq: 6, part: 0, last: true });
  });

  it("a learner that is further behind installs one, says so, writes it down first, and executes on from there", () => {
    const lone = behind(7);
    const [part] = parts(executed(7), 2);
    const effects = lone.deliver(byReplica(0, part as SnapshotPart));
    const kinds = effects.map(({ kind }) => kind);
    expect(kinds.indexOf("state-installed")).to.be.greaterThan(kinds.lastIndexOf("persist"));
    expect(effects.find((effect) => effect.kind === "state-installed")).to.include({ seq: 6, stateDigest: part?.stateDigest });
    expect(messagesIn(effects, "fetch"), "and asks for the rest").to.deep.equal([{ kind: "fetch", from: 7 }]);
    expect(executedIn(lone.deliver(chosenOf(0, 7, value(7)))).map(({ seq }) => seq as number)).to.deep.equal([7]);
    expect(lone.restarted().status).to.include({ lastExecuted: 7, lowWaterMark: 6 });
  });

  it("an installed snapshot is read back from the records alone, if its state was not saved before the crash", () => {
    const lone = behind(7);
    const before = [...lone.disk.records];
    const effects = lone.deliver(byReplica(0, parts(executed(7), 2)[0] as SnapshotPart));
    const written = effects.flatMap((effect) => (effect.kind === "persist" ? [effect.record] : []));
    const restated = effects.flatMap((effect) => (effect.kind === "checkpoint-stable" ? [...effect.records] : []));
    const back = new LonePaxos(2, lone.config, { state: null, records: [...before, ...written, ...restated], lost: false });
    expect(back.status.lastExecuted).to.equal(6);
    expect(back.status.checkpoint).to.deep.equal(lone.status.checkpoint);
    const torn = new LonePaxos(2, lone.config, { state: null, records: [...before, ...written.slice(0, -1)], lost: false });
    expect(torn.status.lastExecuted, "without its end it was never installed").to.equal(0);
  });

  it("a large state comes in parts, each asked for when the one before is here; a lost one is asked for again", () => {
    const store = new MerkleStore();
    for (let i = 0; i < 3_000; i++) store.put(`s/key ${i}`, "x".repeat(600));
    const saved = { state: { seq: 6 as SeqNum, root: store.snapshot() }, records: [], lost: false };
    const source = new LonePaxos(0, { checkpointInterval: 2 }, saved);
    const all = parts(source, 2);
    expect(all.length).to.be.greaterThan(1);
    const lone = behind(6);
    for (const part of all) {
      const effects = lone.deliver(byReplica(0, part));
      const asked = messagesIn(effects, "fetch-snapshot");
      expect(asked.map((each) => each.part)).to.deep.equal(part.last ? [] : [part.part + 1]);
      if (part.last) continue;
      expect(lone.status.transfer).to.include({ seq: 6, fetched: part.part + 1 });
      const again = [0, 1].flatMap(() => lone.fire("tick"));
      expect(messagesIn(again, "fetch-snapshot")[0]?.part).to.equal(part.part + 1);
    }
    expect(lone.status.lastExecuted).to.equal(6);
    expect(lone.status.checkpoint.stateDigest).to.equal(store.digest(ports.hash));
    const again = { kind: "fetch-snapshot", seq: 6 as SeqNum, part: 0 } as const;
    expect(messagesIn(source.deliver(byReplica(2, again)), "snapshot")[0], "from the beginning, if need be").to.deep.equal(
      all[0],
    );
  });

  it("what was fetched halfway is finished though its source has taken a later snapshot meanwhile", () => {
    const store = new MerkleStore();
    for (let i = 0; i < 3_000; i++) store.put(`s/key ${i}`, "x".repeat(600));
    const source = new LonePaxos(
      1,
      { checkpointInterval: 2 },
      { state: { seq: 6 as SeqNum, root: store.snapshot() }, records: [], lost: false },
    );
    const [first] = messagesIn(source.deliver(fetchOf(2, 1)), "snapshot");
    source.deliver(acceptOf(0, 7, value(7), 6), acceptOf(0, 8, value(8), 7), heartbeatOf(0, 8));
    expect(source.status.lowWaterMark).to.equal(8);
    const next = { kind: "fetch-snapshot", seq: 6 as SeqNum, part: 1 } as const;
    const [second] = messagesIn(source.deliver(byReplica(2, next)), "snapshot");
    expect(second).to.include({ seq: 6, part: 1, stateDigest: first?.stateDigest });
  });

  it("a source that stays silent is given up for another one", () => {
    const lone = behind(7);
    const asked = () =>
      lone.effects.flatMap((effect) => (effect.kind === "send" && effect.signed.kind === "fetch" ? [effect.to] : []));
    lone.deliver(byReplica(1, { kind: "refused", ballot: 2 as never, promised: 0 as never, executed: 7 as SeqNum }));
    for (let tick = 0; tick < 20; tick++) lone.fire("tick");
    expect(new Set(asked().map(Number))).to.deep.equal(new Set([0, 1]));
  });

  it("a snapshot whose state is not the one that was named is not installed", () => {
    const lone = behind(7);
    const part = { ...(parts(executed(7), 2)[0] as SnapshotPart), stateDigest: value(1).digest };
    expect(droppedIn(lone.deliver(byReplica<PaxosMessage>(0, part)))).to.deep.equal(["snapshot-digest-mismatch"]);
    expect(lone.status).to.include({ lastExecuted: 0, transfer: null });
  });

  it("a candidate that is behind what an acceptor has forgotten leads only after it has installed the snapshot", () => {
    const lone = new LonePaxos(2, { checkpointInterval: 2 });
    lone.deliver(acceptOf(0, 7, value(70)));
    lone.fire("silence");
    const source = executed(7);
    const [promise] = messagesIn(source.deliver(prepareOf(2)), "promise");
    expect(promise).to.include({ low: 4, executed: 7 });
    lone.deliver(byReplica(1, promise as PaxosMessage));
    expect(lone.status).to.include({ isPrimary: false });
    expect(lone.said("accept"), "nothing is proposed in instances that are chosen").to.deep.equal([]);
    for (let tick = 0; tick < 2; tick++) lone.fire("tick");
    const effects = lone.deliver(byReplica(1, parts(source, 2)[0] as SnapshotPart));
    expect(lone.status).to.include({ isPrimary: true, lastExecuted: 6 });
    expect(proposalsIn(effects)).to.deep.equal([[7, value(7).digest]]);
  });

  it("requests that are in a snapshot do not wait any more, and are answered from it", () => {
    const lone = behind(7);
    lone.deliver(byReplica(0, parts(executed(7), 2)[0] as SnapshotPart));
    const effects = lone.deliver(requestOf("set k3 1", 0, 3));
    expect(droppedIn(effects)).to.deep.equal(["request-already-executed"]);
    expect(messagesIn(effects, "reply")[0]).to.include({ seq: 3, timestamp: 3 });
  });

  it("a replica that was down for many snapshots catches up in a cluster", () => {
    const cluster = new CrashCluster(MULTIPAXOS, { config: { checkpointInterval: 4 } });
    cluster.ask("set a 1");
    cluster.kill(2);
    for (let i = 0; i < 50; i++) cluster.ask(`set k${i} ${i}`);
    cluster.start(2);
    cluster.runUntil(() => cluster.status(2).lastExecuted === cluster.status(0).lastExecuted, 5_000);
    expect(cluster.effectsOf(2, "state-installed")).to.have.length(1);
    cluster.kill(0);
    expect(cluster.ask("get k49").results[0]?.value).to.equal("49");
  });
});

describe("Multi-Paxos: a replica that has lost its disk is outside the model", () => {
  const lost = { ...NOTHING_SAVED, lost: true };

  it("it never promises, accepts or proposes again, also not after a restart", () => {
    for (const self of [0, 1]) {
      const first = new LonePaxos(self, {}, lost);
      expect(first.effects.find(({ kind }) => kind === "abstaining")).to.deep.equal({ kind: "abstaining", until: null });
      for (const lone of [first, first.restarted()]) {
        expect(lone.status.abstaining).to.deep.equal({ until: null });
        expect(lone.timers.has("silence")).to.equal(false);
        expect(droppedIn(lone.deliver(prepareOf(5)))).to.deep.equal(["abstaining"]);
        lone.deliver(acceptOf(2, 1, value(1)), prepareOf(5, 1, 2), requestOf("set x 1"));
        lone.fire("silence");
        for (let tick = 0; tick < 5; tick++) lone.fire("tick");
        for (const kind of ["prepare", "promise", "accept", "accepted", "heartbeat", "refused"] as const)
          expect(lone.said(kind), kind).to.deep.equal([]);
      }
    }
  });

  it("it learns and executes, and keeps what it executed over a restart", () => {
    const lone = new LonePaxos(1, {}, lost);
    lone.deliver(acceptOf(0, 1, value(1)), acceptOf(0, 2, value(2), 1), heartbeatOf(0, 2));
    expect(lone.status).to.include({ lastExecuted: 2, primary: 0 });
    expect(lone.restarted().status.lastExecuted).to.equal(2);
    for (let seq = 3; seq <= 9; seq++) lone.deliver(acceptOf(0, seq, value(seq), seq));
    expect(lone.disk.state?.seq).to.equal(8);
    expect(lone.restarted().status).to.deep.include({ lastExecuted: 9, abstaining: { until: null } });
  });

  it("the others go on as if it had stopped, and it does not count", () => {
    const cluster = new CrashCluster(MULTIPAXOS);
    cluster.ask("set x 1");
    cluster.kill(2);
    cluster.wipe(2);
    cluster.start(2);
    cluster.ask("set x 2");
    cluster.runUntil(() => cluster.status(2).lastExecuted === cluster.status(0).lastExecuted, 5_000);
    cluster.kill(1);
    cluster.submit("set x 3");
    cluster.run(10_000);
    expect(cluster.answered(), "one acceptor of three is no majority").to.equal(2);
    cluster.start(1);
    cluster.runUntil(() => cluster.answered() === 3);
  });

  it("a disk that can not be read is refused by name", () => {
    const damaged = { state: null, records: [encodeWire([99])], lost: false };
    expect(() => new LonePaxos(1, {}, damaged)).to.throw("record 0 of the log can not be read");
  });
});
