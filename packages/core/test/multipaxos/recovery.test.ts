import { MULTIPAXOS } from "@bft/core/multipaxos";
import { expect } from "chai";
import { CrashCluster } from "../support/crash-cluster.js";
import { acceptOf, chosenOf, heartbeatOf, LonePaxos, messagesIn, prepareOf, valueNamed } from "./lone.js";

/** Writes of one replica until the run is over. */
const PERSISTS = 60;

/**
 * A run in which replica `id` ends right after its `nth` record, comes back, and the leader is changed on the way. The judge of
 * safety throws when it contradicts itself.
 */
function crashAt(id: number, nth: number, saveDelayMs: number): boolean {
  const cluster = new CrashCluster(MULTIPAXOS, {
    config: { checkpointInterval: 4, viewChangeTimeoutMs: 300 },
    saveDelayMs: () => saveDelayMs,
  });
  let written = 0;
  let crashed = false;
  cluster.crashAfter = (replica) => {
    if (replica !== id || crashed || ++written <= nth) return false;
    crashed = true;
    cluster.after(2_000, () => cluster.start(id));
    return true;
  };
  for (let i = 0; i < 6; i++) cluster.ask(`set k${i} ${i}`);
  const leader = cluster.leader();
  if (!crashed && leader !== null && leader !== id) {
    cluster.kill(leader);
    for (let i = 6; i < 12; i++) cluster.ask(`set k${i} ${i}`);
    cluster.start(leader);
  }
  for (let i = 12; i < 18; i++) cluster.ask(`set k${i} ${i}`);
  cluster.run(2_500);
  cluster.runUntil(() => new Set([0, 1, 2].map((each) => cluster.status(each).lastExecuted)).size === 1, 10_000);
  for (let i = 12; i < 18; i++) expect(cluster.ask(`get k${i}`).results[0]?.value).to.equal(`${i}`);
  return crashed;
}

describe("Paxos Made Simple §2.5: stable storage", () => {
  for (const id of [0, 1, 2])
    for (const saveDelayMs of [0, 1_000])
      it(`replica ${id} ends after each record in turn, its snapshots durable ${saveDelayMs} ms later, and comes back`, () => {
        let crashes = 0;
        for (let nth = 0; nth < PERSISTS; nth++) if (crashAt(id, nth, saveDelayMs)) crashes += 1;
        expect(crashes, "it really ended, each time at another record").to.be.greaterThan(25);
      }).timeout(20_000);

  it("records may be read twice: those before a snapshot and those that say them again", () => {
    const lone = new LonePaxos(1, { checkpointInterval: 2 });
    const all: Uint8Array[] = [];
    for (let seq = 1; seq <= 7; seq++) {
      const ballot = seq < 5 ? 0 : 2;
      const effects = lone.deliver(acceptOf(ballot, seq, valueNamed("x", seq), seq - 1), heartbeatOf(ballot, seq - (seq % 2)));
      for (const effect of effects) {
        if (effect.kind === "persist") all.push(effect.record);
        if (effect.kind === "checkpoint-stable") all.push(...effect.records);
      }
    }
    const back = lone.restarted(all);
    const again = new LonePaxos(1, lone.config, { state: null, records: [...all, ...all], lost: false });
    for (const each of [back, again]) {
      expect(each.status).to.include({ view: 2, lastExecuted: 6, lowWaterMark: 6 });
      expect(each.status.checkpoint).to.deep.equal(lone.status.checkpoint);
    }
  });

  it("a snapshot says again the promise, and what was accepted in later instances", () => {
    const lone = new LonePaxos(1, { checkpointInterval: 2 });
    const late = valueNamed("late", 4);
    lone.deliver(prepareOf(6), acceptOf(6, 4, late));
    for (const seq of [1, 2]) lone.deliver(acceptOf(6, seq, valueNamed("x", seq), seq));
    expect(lone.disk.state?.seq, "the snapshot took the place of the records").to.equal(2);
    const [promise] = messagesIn(lone.restarted().deliver(prepareOf(8, 3)), "promise");
    expect(promise?.accepted).to.deep.equal([{ seq: 4, ballot: 6, ...late }]);
    const other = new LonePaxos(1, { checkpointInterval: 2 });
    other.deliver(acceptOf(0, 1, valueNamed("x", 1)), acceptOf(0, 2, valueNamed("x", 2), 1), heartbeatOf(0, 1));
    other.deliver(heartbeatOf(0, 2), prepareOf(5), heartbeatOf(5, 2));
    expect(other.restarted().status.view).to.equal(5);
    lone.deliver(acceptOf(6, 3, valueNamed("x", 3), 4));
    expect(lone.disk.state?.seq).to.equal(4);
    expect(lone.restarted().status.view, "the promise outlives the records of before the snapshot").to.equal(6);
  });

  it("what was learned elsewhere is executed again, not what was accepted here and never chosen", () => {
    const lone = new LonePaxos(1);
    const chosen = valueNamed("chosen");
    lone.deliver(acceptOf(0, 1, valueNamed("never")), heartbeatOf(2, 1));
    for (let tick = 0; tick < 2; tick++) lone.fire("tick");
    lone.deliver(chosenOf(2, 1, chosen, 2));
    expect(lone.status.lastExecuted).to.equal(1);
    expect(lone.restarted().status.slots[0]).to.include({ digest: chosen.digest, executed: true });
  });

  it("what was executed is executed again before anything is said", () => {
    const lone = new LonePaxos(1);
    lone.deliver(acceptOf(0, 1, valueNamed("x")), heartbeatOf(0, 1));
    expect(lone.restarted().status).to.include({ lastExecuted: 1, primary: null });
  });

  it("a log with a hole is refused by name", () => {
    const lone = new LonePaxos(1);
    for (let seq = 1; seq <= 3; seq++) lone.deliver(acceptOf(0, seq, valueNamed("x", seq), seq));
    const holed = lone.disk.records.filter((_, index) => index !== 1);
    expect(() => lone.restarted(holed)).to.throw("the log has a hole: after instance 0 it goes on with 2");
    const torn = lone.disk.records.filter((_, index) => index !== 0);
    expect(() => lone.restarted(torn)).to.throw("instance 1 was executed, but its value is not in the log");
  });
});
