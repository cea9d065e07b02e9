import { expect } from "chai";
import { announces, changesView, claim, crashes, lies, PARTIAL, starts, told, votes } from "./support/trace.js";

const prepared = (view: number, seq: number, digest: string) => ({ view, seq, digest });
const by = (replica: number, what: ReturnType<typeof claim>) => ({ replica, ...what });

describe("checker: equivocation", () => {
  for (const [kind, replica] of [
    ["pre-prepare", 0],
    ["prepare", 1],
    ["commit", 2],
  ] as const) {
    it(`finds two ${kind}s of a correct replica for one view and number, also across a restart (§4.2)`, () => {
      const story = [votes(kind, replica, 1, "A"), crashes(replica), starts(replica), votes(kind, replica, 1, "B")];
      expect(told(PARTIAL, ...story)).to.equal(
        `equivocation: replica ${replica} sent two ${kind}s in view 0 at sequence number 1: for A and for B.`,
      );
      expect(told({ ...PARTIAL, liars: [replica] }, ...story)).to.equal("holds");
    });
  }

  it("holds for votes that are sent again, and for others in later views", () => {
    const again = [votes("prepare", 1, 1, "A", { to: [2] }), votes("prepare", 1, 1, "A", { to: [3] })];
    expect(told(PARTIAL, again, votes("prepare", 1, 1, "B", { view: 2 }))).to.equal("holds");
  });

  it("finds O of a new-view that contradicts what its primary proposed", () => {
    const story = [votes("pre-prepare", 1, 1, "A", { view: 1 }), announces(1, 1, [], [{ seq: 1, digest: "B" }])];
    expect(told(PARTIAL, ...story)).to.contain(
      "replica 1 sent two pre-prepares in view 1 at sequence number 1: for A and for B.",
    );
  });

  it("binds a replica that lost its disk to what it said", () => {
    const lost = { kind: "disk-lost", replica: 1 } as const;
    const story = [votes("prepare", 1, 1, "A"), crashes(1), lost, starts(1, { abstaining: true }), votes("prepare", 1, 1, "B")];
    expect(told(PARTIAL, ...story)).to.contain("replica 1 sent two prepares");
  });

  it("does not bind it to the views that it had left: it can not know them (TOCS '02 §4.3.2)", () => {
    const lost = [crashes(1), { kind: "disk-lost", replica: 1 } as const, starts(1, { abstaining: true })];
    expect(told(PARTIAL, changesView(1, claim(1)), ...lost, votes("prepare", 1, 9, "A"))).to.equal("holds");
    expect(told(PARTIAL, changesView(1, claim(1)), ...lost, changesView(1, claim(1, [], 2)))).to.equal("holds");
    expect(told(PARTIAL, ...lost, changesView(1, claim(1)), votes("prepare", 1, 9, "A"))).to.contain("which it had left");
  });

  it("finds a vote in a view that was left (§4.4)", () => {
    expect(told(PARTIAL, changesView(2, claim(3)), votes("commit", 2, 1, "A", { view: 2 }))).to.equal(
      "equivocation: replica 2 sent a commit for view 2, which it had left: it had spoken for view 3 before.",
    );
    expect(told(PARTIAL, changesView(2, claim(3)), changesView(2, claim(2)))).to.contain(
      "sent a view-change for view 2, which it had left",
    );
    expect(told(PARTIAL, changesView(2, claim(3)), votes("commit", 2, 1, "A", { view: 3 }))).to.equal("holds");
  });

  it("finds two view-changes for one view", () => {
    expect(told(PARTIAL, changesView(2, claim(1)), changesView(2, claim(1)))).to.equal("holds");
    expect(told(PARTIAL, changesView(2, claim(1)), changesView(2, claim(1, [], 2)))).to.equal(
      "equivocation: replica 2 sent two view-changes for view 1: with the stable checkpoint 0 and 0 certificates, and with 2 and 0.",
    );
    const other = [changesView(2, claim(1, [prepared(0, 1, "A")])), changesView(2, claim(1, [prepared(0, 1, "B")]))];
    expect(told(PARTIAL, ...other)).to.contain("replica 2 sent two view-changes for view 1");
  });

  it("finds two new-views for one view", () => {
    const V = [0, 1, 2].map((id) => by(id, claim(1)));
    expect(told(PARTIAL, announces(1, 1, V, []), announces(1, 1, V, []))).to.equal("holds");
    const other = [...V.slice(0, 2), by(3, claim(1))];
    expect(told(PARTIAL, announces(1, 1, V, []), announces(1, 1, other, []))).to.equal(
      "equivocation: replica 1 sent two different new-views for view 1.",
    );
  });

  it("finds a pre-prepare or new-view of a backup, and a prepare of the primary", () => {
    expect(told(PARTIAL, votes("pre-prepare", 1, 1, "A"))).to.equal(
      "equivocation: replica 1 sent a pre-prepare in view 0, of which it is not the primary.",
    );
    expect(told(PARTIAL, votes("prepare", 0, 1, "A"))).to.equal(
      "equivocation: replica 0 sent a prepare in view 0, of which it is the primary.",
    );
    expect(
      told(
        PARTIAL,
        announces(
          2,
          1,
          [0, 1, 2].map((id) => by(id, claim(1))),
          [],
        ),
      ),
    ).to.equal("equivocation: replica 2 sent a new-view in view 1, of which it is not the primary.");
  });

  it("finds evidence against a correct replica", () => {
    const [first, second] = ["A", "B"].map((digest) => ({ kind: "commit", view: 0, seq: 1, digest }) as const);
    if (first === undefined || second === undefined) throw new Error("two");
    const accuses = { kind: "evidence", replica: 1, accused: 2, first, second } as const;
    expect(told(PARTIAL, accuses)).to.equal(
      "equivocation: replica 1 has evidence against replica 2, which is correct: its commit for A in view 0 at sequence number 1 " +
        "and its commit for B in view 0 at sequence number 1.",
    );
    expect(told({ ...PARTIAL, liars: [2] }, accuses)).to.equal("holds");
    expect(told({ ...PARTIAL, liars: [1] }, accuses)).to.equal("holds");
    const approximate = { ...PARTIAL, exactOrder: false };
    expect(told(approximate, accuses)).to.contain("replica 1 has evidence against replica 2");
    expect(told(approximate, accuses, lies(2))).to.equal("holds");
  });
});
