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

  it("what the pre-prepares inside a new-view say binds its primary too", () => {
    const newView = (name: string): Statement => ({
      kind: "new-view",
      view: 1,
      viewChanges: [],
      prePrepares: [{ seq: 5, digest: digest(name) }],
    });
    const prePrepare: Statement = { kind: "pre-prepare", view: 1, seq: 5, digest: digest("a") };
    expect(found(says(1, "a", newView("b")), says(1, "b", prePrepare))[0]).to.include("two-pre-prepares");
    expect(found(says(1, "a", newView("a")), says(1, "b", prePrepare), says(1, "a", newView("a")))).to.deep.equal([]);
  });

  it("a correct replica answers an ordered request once; reads that were not ordered may differ", () => {
    const replied = (value: string, ordered: boolean, id = value): Happening => {
      const about = { client: 0, timestamp: 3, seq: 5, view: 0, ordered };
      return { kind: "replied", id, replica: 1, ...about, results: [{ ok: true, value }] };
    };
    expect(found(replied("a", true), replied("b", true))[0]).to.include(
      "two-replies at sequence number 5: its reply and its reply",
    );
    expect(found(replied("a", true), replied("a", true, "c"), replied("b", false), replied("c", false))).to.deep.equal([]);
  });

  it("more than f liars can have it take another state for the true one; what it votes stays its own", () => {
    const lies = [2, 3].map((replica): Happening => ({ kind: "behaves", replica, behaviour: "collude" }));
    const checkpoint = (name: string): Statement => ({ kind: "checkpoint", seq: 8, stateDigest: digest(name) });
    const twice = [says(1, "a", checkpoint("a")), says(1, "b", checkpoint("b"))];
    expect(found(...lies, ...twice)).to.deep.equal([]);
    expect(found(...lies.slice(1), ...twice)[0]).to.include("two-checkpoints");
    expect(found(...lies, says(1, "a", commit(0, 5)), says(1, "b", commit(0, 5, "b")))[0]).to.include("two-commits");
  });

  const lost: Happening = { kind: "disk-lost", replica: 1 };

  it("one that lost its disk does not know how it asked for views before; from then on it is held to its word again", () => {
    const before = says(1, "a", viewChange(1));
    expect(found(before, lost, says(1, "b", viewChange(1)))).to.deep.equal([]);
    expect(found(before, lost, says(1, "b", viewChange(1)), says(1, "b", viewChange(1)))).to.deep.equal([]);
    expect(found(before, lost, says(1, "b", viewChange(1)), says(1, "c", viewChange(1)))[0]).to.include("two-view-changes");
    expect(found(before, lost, lost, says(1, "b", viewChange(1)), says(2, "c", viewChange(1)))).to.deep.equal([]);
  });

  it("one that lost its disk does not know of the view that it asked for, and votes in the one before it", () => {
    const story = [says(1, "a", viewChange(3)), says(1, "b", commit(2, 5))] as const;
    expect(found(...story)[0]).to.include("hidden-certificate");
    expect(found(story[0], lost, story[1])).to.deep.equal([]);
    expect(found(lost, ...story)[0]).to.include("hidden-certificate");
  });

  it("one that lost its disk is bound by its votes all the same", () => {
    expect(found(says(1, "a", commit(0, 5)), lost, says(1, "b", commit(0, 5, "b")))).to.have.lengthOf(1);
    expect(found(says(1, "a", commit(0, 5)), lost, says(1, "b", viewChange(1)))[0]).to.include("hidden-certificate");
    expect(found(says(1, "a", commit(0, 5)), lost, says(1, "b", viewChange(1, [], 5)))).to.deep.equal([]);
  });
});
