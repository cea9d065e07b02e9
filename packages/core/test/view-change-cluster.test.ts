import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";

describe("§4.4: a cluster changes views", () => {
  const deposed: readonly (readonly [title: string, meddle: TestCluster["meddle"]])[] = [
    ["is silent", (envelope) => (envelope.from.role === "replica" && envelope.from.id === 0 ? [] : [envelope])],
    ["sends no pre-prepare", (envelope) => (envelope.signed.kind === "pre-prepare" && envelope.from.id === 0 ? [] : [envelope])],
    [
      "sends its pre-prepare to one backup only",
      (envelope) => (envelope.signed.kind === "pre-prepare" && envelope.from.id === 0 && envelope.to.id !== 3 ? [] : [envelope]),
    ],
  ];
  for (const [title, meddle] of deposed)
    it(`the primary ${title}: the client is served in the next view, exactly once`, () => {
      const cluster = new TestCluster();
      cluster.ask("set x 1");
      cluster.meddle = meddle;
      const { view, results } = cluster.ask("cas x 1 2", 0, 5000);
      expect(results).to.deep.equal([{ ok: true, value: "yes" }]);
      expect(view).to.equal(1);
    });

  it("a primary that leaves out one client and serves the others is deposed", () => {
    const cluster = new TestCluster();
    cluster.meddle = (envelope) =>
      envelope.signed.kind === "request" &&
      envelope.signed.signer.id === 1 &&
      envelope.to.role === "replica" &&
      envelope.to.id === 0
        ? []
        : [envelope];
    cluster.submit("set victim 1", 1);
    for (let i = 0; i < 100 && cluster.accepted(1) === 0; i++) {
      cluster.ask(`set k ${i}`);
      cluster.run(50);
    }
    expect(cluster.accepted(1)).to.equal(1);
    expect(cluster.status(1).view).to.equal(1);
    expect(cluster.now).to.be.lessThan(3000);
  });

  it("what was executed before is not executed again, what was prepared keeps its number", () => {
    const cluster = new TestCluster();
    for (let i = 0; i < 5; i++) cluster.ask(`set k${i} 1`);
    cluster.meddle = (envelope) =>
      envelope.signed.message.kind === "commit" && envelope.signed.message.view === 0 ? [] : [envelope];
    cluster.submit("set prepared 1");
    cluster.settle();
    cluster.kill(0);
    cluster.runUntil(() => cluster.accepted(0) === 6);
    expect(cluster.outcomes.get(0)?.at(-1)).to.deep.include({ seq: 6, view: 1 });
    for (const id of [1, 2, 3])
      expect(
        cluster.effectsOf(id, "executed").flatMap(({ requests }) => requests.map(({ timestamp }) => timestamp as number)),
      ).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  for (const f of [1, 2, 3])
    it(`f = ${f}: the first f primaries are dead, one after the other`, () => {
      const cluster = new TestCluster({ faults: f });
      cluster.ask("set x 0");
      for (let dead = 0; dead < f; dead++) {
        cluster.kill(dead);
        expect(cluster.ask(`set x ${dead}`, 0, 20_000).view).to.equal(dead + 1);
      }
    });

  it("the old primary comes back, learns of the new view and takes part in it", () => {
    const cluster = new TestCluster();
    cluster.kill(0);
    cluster.ask("set x 1");
    cluster.start(0);
    cluster.run(1000);
    expect(cluster.status(0).view).to.equal(1);
    cluster.kill(2);
    expect(cluster.ask("get x", 0, 2000)).to.deep.include({ view: 1, results: [{ ok: true, value: "1" }] });
  });
});
