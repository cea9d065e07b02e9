import { expect } from "chai";
import { announces, committed, findings, lies, PARTIAL, told, votes } from "./support/trace.js";

const ONE_LIAR = { ...PARTIAL, liars: [0] };

describe("checker: certificates", () => {
  it("holds when each number prepares and commits once, also again in a later view", () => {
    expect(told(PARTIAL, committed(1, "A"), committed(2, "B"), committed(1, "A", [0, 1, 2, 3], 1))).to.equal("holds");
    expect(told({ ...PARTIAL, liars: [0, 1] }, committed(1, "A"), votes("commit", 0, 1, "B"))).to.equal("holds");
  });

  it("finds two digests that prepared in one view", () => {
    const twice = ["A", "B"].map((digest) => [votes("pre-prepare", 0, 1, digest), votes("prepare", 1, 1, digest)]);
    const story = [lies(0), lies(1), twice, votes("prepare", 2, 1, "A"), votes("prepare", 3, 1, "B")];
    expect(told({ ...PARTIAL, faults: 1 }, ...story)).to.equal(
      "certificates: Two digests prepared at sequence number 1: A by the votes of {0,1,2} in view 0, and " +
        "B by the votes of {0,1,3} in view 0. These quorums meet only in the liars 0 and 1: 2 lie where f = 1.",
    );
  });

  it("finds a correct replica that stands in both", () => {
    const twice = ["A", "B"].map((digest) => [1, 2].map((id) => votes("prepare", id, 1, digest)));
    const story = [votes("pre-prepare", 0, 1, "A"), twice, votes("pre-prepare", 0, 1, "B")];
    const found = findings(ONE_LIAR, story).at(-1);
    expect(found?.checker).to.equal("certificates");
    expect(found?.what).to.contain("meet in the correct replicas 1 and 2 and in the liar 0.");
    expect(found?.replicas).to.have.members([1, 2]);
  });

  it("finds two digests that committed in different views", () => {
    const story = [
      [0, 1, 2].map((id) => votes("commit", id, 1, "A")),
      [0, 1, 3].map((id) => votes("commit", id, 1, "B", { view: 4 })),
    ];
    const found = findings({ ...PARTIAL, liars: [0] }, story).map(({ checker, what }) => `${checker}: ${what}`);
    expect(found.join("\n")).to.contain(
      "certificates: Two digests committed at sequence number 1: A by the votes of {0,1,2} in view 0, and B by the votes of " +
        "{0,1,3} in view 4. These quorums meet in the correct replica 1 and in the liar 0.",
    );
  });

  it("does not count a prepare of the primary, nor a pre-prepare of a backup (§4.2)", () => {
    const story = ["A", "B"].map((digest) => [
      votes("pre-prepare", 1, 1, digest),
      [0, 2, 3].map((id) => votes("prepare", digest === "A" || id < 2 ? id : 1, 1, digest)),
    ]);
    expect(told({ ...PARTIAL, liars: [0, 1, 2, 3] }, ...story)).to.equal("holds");
  });

  it("counts what O of a new-view pre-prepares", () => {
    const story = [
      [2, 3].map((id) => votes("prepare", id, 1, "A", { view: 1 })),
      [0, 3].map((id) => votes("prepare", id, 1, "B", { view: 1 })),
      announces(1, 1, [], [{ seq: 1, digest: "A" }]),
      announces(1, 1, [], [{ seq: 1, digest: "B" }]),
    ];
    const found = findings({ ...PARTIAL, liars: [1, 3] }, story);
    expect(found.at(-1)?.what).to.contain("Two digests prepared at sequence number 1");
  });
});
