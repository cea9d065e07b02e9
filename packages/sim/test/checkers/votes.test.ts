import { expect } from "chai";
import { Votes } from "../../src/checkers/votes.js";
import { PARTIAL, told, votes } from "./support/trace.js";

describe("the votes that checkers count", () => {
  it("do not grow with what liars make up", () => {
    const made = new Votes(4);
    for (let index = 0; index < 1_000; index++)
      made.record({ kind: "commit", view: 0, seq: 1, digest: `D${index}` }, 3, [0], true);
    expect(made.ballots("commit", 0, 1)).to.have.length(64);
    for (let view = 0; view < 1_000; view++) made.record({ kind: "commit", view, seq: 1, digest: "D" }, 3, [0], true);
    expect(made.views(1).size).to.be.at.most(65);
    expect(made.crowded).to.equal(true);
    made.record({ kind: "commit", view: 5_000, seq: 1, digest: "D" }, 1, [0], false);
    expect(made.ballot("commit", 5_000, 1, "D")?.signers).to.deep.equal([1]);
  });

  it("of a liar far ahead of all windows are not kept, so they push nothing out", () => {
    const far = Array.from({ length: 30_000 }, (_, index) => votes("commit", 3, 1_000_000 + index, "D"));
    const split = [[0, 1, 2].map((id) => votes("commit", id, 1, "A")), far, votes("prepare", 2, 1, "B", { view: 1 })];
    expect(told({ ...PARTIAL, liars: [3] }, ...split)).to.contain("carry-over: replica 2 sent a prepare for B");
  });
});
