import { expect } from "chai";
import {
  announces,
  changesView,
  claim,
  committed,
  findings,
  PARTIAL,
  status,
  takesForStable,
  told,
  votes,
} from "./support/trace.js";

const prepared = (view: number, seq: number, digest: string) => ({ view, seq, digest });

describe("checker: carry-over", () => {
  it("holds when a later view goes on with what committed (§4.5.1)", () => {
    expect(told(PARTIAL, committed(1, "A"), committed(1, "A", [0, 1, 2, 3], 1))).to.equal("holds");
    const liar = [committed(1, "A"), votes("pre-prepare", 1, 1, "B", { view: 1 })];
    expect(told({ ...PARTIAL, liars: [1] }, ...liar)).to.equal("holds");
  });

  it("finds a correct replica that votes for something else in a later view", () => {
    const story = [committed(1, "A"), votes("prepare", 2, 1, "B", { view: 1 })];
    expect(told({ ...PARTIAL, liars: [1] }, ...story)).to.equal(
      "carry-over: replica 2 sent a prepare for B in view 1 at sequence number 1, where A had been committed in view 0 by " +
        "{0,1,2,3}: the new view did not carry it over.",
    );
  });

  it("finds it also when the last commit is told after that vote", () => {
    const story = [
      [1, 2].map((id) => votes("commit", id, 1, "A")),
      votes("prepare", 3, 1, "B", { view: 1 }),
      votes("commit", 0, 1, "A"),
    ];
    expect(told({ ...PARTIAL, liars: [0] }, ...story)).to.contain("carry-over: replica 3 sent a prepare for B in view 1");
  });

  it("finds O of a correct primary that leaves it out", () => {
    const story = [committed(1, "A"), announces(1, 1, [], [{ seq: 1, digest: "null" }])];
    const found = findings(PARTIAL, story).find(({ checker }) => checker === "carry-over");
    expect(found?.what).to.contain("replica 1 sent a pre-prepare for null in view 1 at sequence number 1");
  });

  describe("view-changes (§4.4, P)", () => {
    const story = [committed(1, "A"), committed(2, "B"), committed(3, "C")];

    it("carry what was committed to, above the stable checkpoint", () => {
      const carried = [prepared(0, 3, "C")];
      expect(told(PARTIAL, story, takesForStable(2, 2, "S"), status(2), changesView(2, claim(1, carried, 2)))).to.equal("holds");
      const later = [prepared(1, 1, "other"), prepared(0, 2, "B"), prepared(2, 3, "C")];
      expect(told(PARTIAL, story, changesView(2, claim(3, later)))).to.equal("holds");
    });

    it("are found to leave it out", () => {
      expect(told(PARTIAL, story, changesView(2, claim(1, [prepared(0, 3, "C")], 1)))).to.equal(
        "carry-over: replica 2 sent a commit for B in view 0 at sequence number 2, but its view-change for view 1, with the " +
          "stable checkpoint 1, carries nothing there.",
      );
    });

    it("are found to carry an older view's", () => {
      const again = votes("commit", 2, 3, "C", { view: 2 });
      const old = [prepared(0, 1, "A"), prepared(0, 2, "B"), prepared(1, 3, "X")];
      expect(told(PARTIAL, story, again, changesView(2, claim(3, old)))).to.contain("carries X of view 1 there");
    });

    it("are found to carry another digest of that view", () => {
      const other = [prepared(0, 1, "A"), prepared(0, 2, "X"), prepared(0, 3, "C")];
      expect(told(PARTIAL, story, changesView(2, claim(1, other)))).to.contain("carries X of view 0 there");
    });

    it("of liars are not judged", () => {
      expect(told({ ...PARTIAL, liars: [2] }, story, changesView(2, claim(1)))).to.equal("holds");
    });
  });
});
