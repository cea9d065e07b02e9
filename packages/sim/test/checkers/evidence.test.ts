import type { Happening, Statement } from "@bft/core";
import { expect } from "chai";
import { evidence } from "../../src/checkers/evidence.js";
import { Knowledge } from "../../src/checkers/knowledge.js";
import { FACTS } from "./support/trace.js";

const digest = (name: string) => name.repeat(64);
const says = (replica: number, id: string, statement: Statement): Happening => ({ kind: "sent", id, replica, to: [], statement });
const commit = (view: number, seq: number, name = "a"): Statement => ({ kind: "commit", view, seq, digest: digest(name) });
const viewChange = (newView: number, prepared: readonly { view: number; seq: number }[] = [], stableSeq = 0): Statement => ({
  kind: "view-change",
  newView,
  stableSeq,
  prepared: prepared.map((each) => ({ ...each, digest: digest("a") })),
});

/** What this checker finds, which others may find too. */
function found(...story: readonly Happening[]): readonly string[] {
  const knowledge = new Knowledge(FACTS);
  const checker = evidence(knowledge);
  return story.flatMap((happening, at) => {
    knowledge.note({ at, ...happening });
    return checker.observe({ at, ...happening })?.what ?? [];
  });
}

describe("checker: evidence", () => {
  it("a correct replica that signs what it may never sign together", () => {
    expect(found(says(1, "a", commit(0, 5)), says(1, "b", commit(0, 5, "b")))).to.deep.equal([
      "replica 1, which is correct, would be convicted by two-commits at sequence number 5, view 0: its commit and its commit.",
    ]);
    expect(found(says(1, "a", viewChange(1)), says(1, "b", viewChange(1)))).to.have.lengthOf(1);
    expect(found(says(1, "a", commit(0, 5)), says(1, "b", viewChange(1)))[0]).to.include("hidden-certificate");
  });

  it("what a correct replica does is no evidence", () => {
    expect(
      found(
        says(1, "a", commit(0, 5)),
        says(1, "a", commit(0, 5)),
        says(1, "b", commit(1, 5, "b")),
        says(1, "c", viewChange(2, [{ view: 1, seq: 5 }])),
        says(1, "c", viewChange(2, [{ view: 1, seq: 5 }])),
        says(2, "d", commit(0, 5, "b")),
        says(3, "e", commit(0, 4)),
        says(3, "f", viewChange(1, [], 4)),
      ),
    ).to.deep.equal([]);
  });

  it("a liar is not judged", () => {
    const lies: Happening = { kind: "behaves", replica: 1, behaviour: "double-vote" };
    expect(found(lies, says(1, "a", commit(0, 5)), says(1, "b", commit(0, 5, "b")))).to.deep.equal([]);
  });

  it("one that lost its disk does not know what it said of views; its votes bind it all the same", () => {
    const lost: Happening = { kind: "disk-lost", replica: 1 };
    expect(found(says(1, "a", viewChange(1)), lost, says(1, "b", viewChange(1)))).to.deep.equal([]);
    expect(found(says(1, "a", commit(0, 5)), lost, says(1, "b", commit(0, 5, "b")))).to.have.lengthOf(1);
  });
});
