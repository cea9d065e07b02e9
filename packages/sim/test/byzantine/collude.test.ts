import { Random } from "@bft/sim";
import { expect } from "chai";
import type { TestCluster } from "../../../core/test/support/cluster.js";
import { fastPortsOf } from "../../../core/test/support/keys.js";
import { clusterWith, digestsOf, executedDigests, said, watched } from "./support.js";

/** Sequence numbers at which correct replicas executed different batches. */
function disagreements(cluster: TestCluster): number[] {
  return [...executedDigests(cluster)].filter(([, digests]) => digests.size > 1).map(([seq]) => seq);
}

/** Messages are late by up to `delayMs`, and some are lost. */
function disturb(cluster: TestCluster, random: Random, delayMs: number, loss: number): void {
  const before = cluster.meddle;
  cluster.meddle = (envelope) =>
    random.chance(loss) ? [] : before(envelope).map((each) => ({ ...each, delayMs: random.below(delayMs) }));
}

/** Two clients have ten operations each under way. */
function work(cluster: TestCluster, ms: number): void {
  for (let i = 0; i < 10; i++) for (const client of [0, 1]) cluster.submit(`set x ${client}-${i}`, client);
  cluster.run(ms);
}

describe("colluding liars", () => {
  it("one: tells each half of the correct replicas another batch, and votes for both", () => {
    const { cluster, sent } = clusterWith([0], "collude");
    cluster.ask("set x 1");
    const told = said(sent, "pre-prepare").filter(({ message }) => message.seq === 1 && message.view === 0);
    expect(told.map(({ to }) => to).sort()).to.deep.equal([1, 2, 3]);
    expect(digestsOf(sent, "pre-prepare", 1).size).to.equal(2);
    for (const vote of said(sent, "commit").filter(({ message }) => message.seq === 1))
      expect(vote.message.digest).to.equal(told.find(({ to }) => to === vote.to)?.message.digest);
  });

  for (const other of [1, 2, 3])
    it(`two of four (0 and ${other}): the two correct replicas execute different batches`, () => {
      const { cluster, sent } = clusterWith([0, other], "collude");
      cluster.submit("set x 1");
      cluster.run(100);
      expect(disagreements(cluster)).to.deep.equal([1]);
      expect(digestsOf(sent, "pre-prepare", 1).size).to.equal(2);
      const voters = said(sent, "prepare").map(({ signed }) => signed.signer.id);
      expect(new Set(voters), "the accomplice prepares both").to.deep.equal(new Set([other]));
      expect(digestsOf(sent, "prepare", 1).size).to.equal(2);
    });

  it("two of four: in a later view too, when its primary is one of them", () => {
    const { cluster } = clusterWith([1, 2], "collude");
    const before = cluster.meddle;
    cluster.meddle = (envelope) => (envelope.signed.kind === "pre-prepare" && envelope.from.id === 0 ? [] : before(envelope));
    cluster.submit("set x 1");
    cluster.run(5_000);
    expect(disagreements(cluster)).to.deep.equal([1]);
    expect(new Set([0, 3].map((id) => cluster.effectsOf(id, "executed")[0]?.view))).to.deep.equal(new Set([1]));
  });

  it("two of four: a watcher of the correct replicas sees it", () => {
    const { cluster } = clusterWith([0, 1], "collude");
    watched(cluster);
    cluster.submit("set x 1");
    expect(() => cluster.run(100)).to.throw(/executed at 1 what another one did not/);
  });

  it("three of seven break agreement as well", () => {
    const { cluster } = clusterWith([0, 3, 5], "collude", { faults: 2 });
    cluster.submit("set x 1");
    cluster.run(100);
    expect(disagreements(cluster)).to.deep.equal([1]);
  });

  it("two of five do not, for there two quorums share three replicas", () => {
    const { cluster } = clusterWith([0, 1], "collude", { faults: 1, replicas: 5 });
    const safety = watched(cluster);
    work(cluster, 5_000);
    expect(disagreements(cluster)).to.deep.equal([]);
    expect(safety.checks).to.be.greaterThan(10);
  });

  for (const [faults, liars] of [
    [1, [0]],
    [1, [2]],
    [2, [0, 1]],
    [2, [1, 4]],
  ] as const)
    it(`${liars.length} of ${3 * faults + 1} (${liars.join(" and ")}) never do, on late and lossy networks, and clients are answered`, () => {
      let lied = 0;
      for (let seed = 1; seed <= 12; seed++) {
        const { cluster, sent } = clusterWith(liars, "collude", { faults, seed, ports: fastPortsOf });
        const safety = watched(cluster);
        disturb(cluster, new Random(seed), 1 + 40 * (seed % 3), 0.05 * (seed % 4));
        work(cluster, 8_000);
        expect(disagreements(cluster), `seed ${seed}`).to.deep.equal([]);
        expect(safety.checks).to.be.greaterThan(20);
        if ([1, 2, 3].some((seq) => digestsOf(sent, "pre-prepare", seq).size > 1)) lied += 1;
        cluster.meddle = (envelope) => [envelope];
        cluster.runUntil(() => cluster.accepted(0) === 10 && cluster.accepted(1) === 10, 300_000);
      }
      if (liars.some((id) => id === 0)) expect(lied).to.equal(12);
    });

  it("two of four do on late and lossy networks too", () => {
    let broken = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const { cluster } = clusterWith([0, 2], "collude", { seed, ports: fastPortsOf });
      disturb(cluster, new Random(seed), 1 + 40 * (seed % 3), 0.05 * (seed % 4));
      work(cluster, 8_000);
      if (disagreements(cluster).length > 0) broken += 1;
    }
    expect(broken).to.be.at.least(9);
  });
});
