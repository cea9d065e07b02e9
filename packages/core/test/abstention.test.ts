import { NOTHING_SAVED, type SeqNum, type Signed, type View } from "@bft/core";
import { claimOf, type PbftMessage } from "@bft/core/pbft";
import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";
import { byReplica, checkpointOf, digestOf } from "./support/forge.js";
import { Lone } from "./support/lone.js";

const VOTES = ["pre-prepare", "prepare", "commit", "view-change", "new-view"];

/** A cluster in which replica 3 has just come back without its disk. */
function afterWipe(): TestCluster {
  const cluster = new TestCluster({ config: { checkpointInterval: 4 } });
  for (let i = 0; i < 10; i++) cluster.ask(`set k${i} ${i}`);
  cluster.kill(3);
  cluster.wipe(3);
  cluster.start(3);
  return cluster;
}

describe("TOCS '02 §4.3.2: a replica that has lost its records abstains from voting", () => {
  it("until a checkpoint two windows above the highest that a quorum proves is stable, and says so", () => {
    const cluster = afterWipe();
    cluster.runUntil(() => cluster.effectsOf(3, "votes-again").length > 0);
    const told = cluster.effectsOf(3, "abstaining").map(({ until }) => until);
    expect(told[0], "not known at first").to.equal(null);
    const until = told.at(-1) ?? 0;
    expect(until, "8 is stable and the window is 8").to.equal(8 + 2 * 8);
    expect(cluster.effectsOf(3, "votes-again")[0]?.seq).to.be.at.least(until);
    expect(cluster.status(3).abstaining).to.equal(null);
  });

  it("it signs no vote before that, and votes after it", () => {
    const cluster = afterWipe();
    const before = cluster.effects[3]?.length ?? 0;
    cluster.runUntil(() => cluster.effectsOf(3, "votes-again").length > 0);
    const effects = cluster.effects[3]?.slice(before) ?? [];
    const end = effects.findIndex(({ kind }) => kind === "votes-again");
    const sent = effects
      .slice(0, end)
      .flatMap((effect) => (effect.kind === "broadcast" || effect.kind === "send" ? [effect.signed.kind] : []));
    expect(sent, "it does speak").to.include("status");
    for (const kind of VOTES) expect(sent).to.not.include(kind);
    cluster.ask("set after 1");
    cluster.settle();
    const seq = cluster.status(0).lastExecuted;
    expect(cluster.status(3).slots.find((slot) => slot.seq === seq)?.commits).to.include(3);
  });

  it("an idle cluster gets its redundancy back: the primary orders null requests up to there, and no further", () => {
    const cluster = afterWipe();
    cluster.runUntil(() => cluster.effectsOf(3, "votes-again").length > 0);
    const { lastExecuted } = cluster.status(0);
    expect(cluster.effectsOf(0, "executed").filter(({ requests }) => requests.length === 0)).to.have.length.greaterThan(8);
    cluster.run(5_000);
    expect(cluster.status(0).lastExecuted).to.equal(lastExecuted);
    cluster.kill(1);
    expect(cluster.ask("get k7").results[0]?.value).to.equal("7");
  });

  it("under load too, where everybody has moved on by the time that a proof comes", () => {
    const lone = new Lone(3, { checkpointInterval: 4 }, { ...NOTHING_SAVED, lost: true });
    const status = (from: number, stable: number): Signed<PbftMessage> => {
      const at = stable as SeqNum;
      const none = 0 as SeqNum;
      const [kind, view] = ["status", 0 as View] as const;
      return byReplica(from, { kind, view, inView: true, lastExecuted: at, stableSeq: at, abstainsUntil: none });
    };
    const proof = (seq: number) => {
      const checkpoints = [0, 1, 2].map((id) => claimOf(checkpointOf(id, seq, digestOf(`state ${seq}`))));
      return byReplica(0, { kind: "stable-checkpoint", checkpoints });
    };
    const until = () => lone.effects.flatMap((effect) => (effect.kind === "abstaining" ? [effect.until as number | null] : []));
    for (const stable of [8, 12, 16]) {
      lone.deliver(...[0, 1, 2].map((id) => status(id, stable)));
      lone.fire("status");
      expect(until().at(-1), "what they say is not proven yet").to.equal(stable === 16 ? 8 + 2 * 8 : null);
      if (stable === 12) lone.deliver(proof(8));
    }
  });

  it("a liar that asks for null requests again and again gets one run of them", () => {
    const cluster = new TestCluster({ config: { checkpointInterval: 4 } });
    cluster.ask("set x 1");
    cluster.kill(3);
    for (let round = 0; round < 3; round++) {
      cluster.wipe(3);
      cluster.start(3);
      cluster.run(3_000);
      cluster.kill(3);
    }
    const nulls = cluster.effectsOf(0, "executed").filter(({ requests }) => requests.length === 0);
    expect(nulls.length).to.be.within(8, 2 * 8 + 8);
  });
});
