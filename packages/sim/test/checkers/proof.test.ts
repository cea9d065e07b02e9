import { expect } from "chai";
import {
  attests,
  committed,
  crashes,
  executes,
  FACTS,
  installs,
  PARTIAL,
  starts,
  status,
  takesForStable,
  told,
  votes,
} from "./support/trace.js";

describe("checker: proof", () => {
  const prepare = (id: number, to?: number[]) => votes("prepare", id, 1, "A", to === undefined ? {} : { to });
  const proposal = votes("pre-prepare", 0, 1, "A");

  it("holds when each step has its quorum before it", () => {
    expect(
      told(
        FACTS,
        [0, 1, 2, 3].map((id) => starts(id)),
        committed(1, "A"),
        executes(0, 1, "A"),
        status(0),
      ),
    ).to.equal("holds");
  });

  it("finds a commit without a prepared quorum (§4.2)", () => {
    expect(told(FACTS, proposal, prepare(1), votes("commit", 1, 1, "A"))).to.equal(
      "proof: replica 1 sent a commit for A in view 0 at sequence number 1, but of the pre-prepare and the prepares only those " +
        "of {0,1} had been sent to it: a quorum is 3.",
    );
  });

  it("counts only what was sent to that replica, its own vote also unsent", () => {
    expect(told(FACTS, proposal, prepare(2, [0, 3]), prepare(1), votes("commit", 1, 1, "A"))).to.contain("those of {0,1}");
    expect(told(FACTS, proposal, prepare(2, [1]), votes("commit", 1, 1, "A"))).to.equal("holds");
  });

  it("does not count the primary's prepare", () => {
    const story = [proposal, prepare(0), votes("commit", 1, 1, "A")];
    expect(told({ ...FACTS, liars: [0] }, ...story)).to.contain("only those of {0,1} had been sent to it");
  });

  it("asks for the pre-prepare of a correct primary", () => {
    const story = [prepare(1), prepare(2), prepare(3), votes("commit", 1, 1, "A")];
    expect(told(FACTS, ...story)).to.contain("and no pre-prepare of replica 0: a quorum is 3.");
    expect(told(FACTS, votes("pre-prepare", 0, 1, "A", { to: [2] }), ...story)).to.contain("no pre-prepare of replica 0");
  });

  it("finds an execution without a committed quorum", () => {
    const story = [proposal, [1, 2, 3].map((id) => prepare(id)), [0, 1].map((id) => votes("commit", id, 1, "A"))];
    expect(told(FACTS, ...story, executes(1, 1, "A"), status(1))).to.equal(
      "proof: replica 1 executed A at sequence number 1, but only {0,1} can have committed it in view 0: a quorum is 3.",
    );
    expect(told(FACTS, ...story, executes(3, 1, "A"), status(3))).to.equal("holds");
    expect(told({ ...FACTS, liars: [2] }, ...story, executes(1, 1, "A"), status(1))).to.equal("holds");
  });

  it("takes the commit of a replica that died before it left from what it had executed when it came up again", () => {
    const story = [proposal, [1, 2, 3].map((id) => prepare(id)), [0, 1].map((id) => votes("commit", id, 1, "A"))];
    const again = [crashes(3), starts(3, { lastExecuted: 1 })];
    expect(told(FACTS, ...story, again, executes(1, 1, "A"), status(1))).to.equal("holds");
  });

  it("finds a checkpoint that is taken for stable, or installed, on too few (§4.3)", () => {
    const two = [attests(0, 2, "S"), attests(1, 2, "S")];
    expect(told(FACTS, two, takesForStable(1, 2, "S"), status(1))).to.equal(
      "proof: replica 1 took the checkpoint S at sequence number 2 for stable, but only {0,1} can have signed it: a quorum is 3.",
    );
    expect(told(FACTS, two.slice(1), installs(3, 2, "S"), status(3))).to.equal(
      "proof: replica 3 installed the state S at sequence number 2, but only {1,3} can have signed it: a quorum is 3.",
    );
    expect(told(FACTS, two, attests(2, 2, "S"), takesForStable(1, 2, "S"), installs(3, 2, "S"))).to.equal("holds");
    const up = starts(3, { lastExecuted: 2, lowWaterMark: 2 });
    expect(told(FACTS, two, crashes(3), up, takesForStable(1, 2, "S"), status(1))).to.equal("holds");
  });

  it("judges nothing when the order is approximate or the trace begins in its midst", () => {
    for (const facts of [{ ...FACTS, exactOrder: false }, PARTIAL])
      expect(told(facts, votes("commit", 1, 1, "A"), executes(1, 1, "A"), status(1))).to.equal("holds");
  });
});
