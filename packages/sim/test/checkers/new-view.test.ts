import { expect } from "chai";
import { announces, changesView, claim, entersView, FACTS, told } from "./support/trace.js";

const prepared = (view: number, seq: number, digest: string) => ({ view, seq, digest });
const by = (replica: number, what: ReturnType<typeof claim>) => ({ replica, ...what });

describe("checker: new-view", () => {
  const full = claim(1, [prepared(0, 2, "B")]);
  const V = [by(0, claim(1)), by(1, full), by(2, claim(1))];
  const sent = V.map(({ replica, ...what }) => changesView(replica, what));
  const O = [
    { seq: 1, digest: "null" },
    { seq: 2, digest: "B" },
  ];

  it("holds when O is what V asks for: what prepared in the highest view, null requests between (§4.4)", () => {
    expect(told(FACTS, sent, announces(1, 1, V, O), entersView(2, 1))).to.equal("holds");
    const higher = [by(0, claim(5, [prepared(3, 1, "new")])), by(1, claim(5, [prepared(0, 1, "old")])), by(3, claim(5))];
    const votesOf = higher.map(({ replica, ...what }) => changesView(replica, what));
    expect(told(FACTS, votesOf, announces(1, 5, higher, [{ seq: 1, digest: "new" }]))).to.equal("holds");
    expect(told(FACTS, votesOf, announces(1, 5, higher, [{ seq: 1, digest: "old" }]))).to.equal(
      "new-view: replica 1 sent a new-view for view 5 whose O has old at sequence number 1, where V asks for new at 1.",
    );
  });

  it("leaves out what a stable checkpoint in V covers", () => {
    const stable = [...V.slice(0, 2), by(2, claim(1, [], 2))];
    const says = stable.map(({ replica, ...what }) => changesView(replica, what));
    expect(told(FACTS, says, announces(1, 1, stable, []))).to.equal("holds");
    expect(told(FACTS, says, announces(1, 1, stable, O))).to.contain("whose O has 2 pre-prepares, where V asks for 0.");
  });

  it("finds a gap that is filled with something else", () => {
    const altered = [{ seq: 1, digest: "X" }, O[1] as (typeof O)[number]];
    expect(told(FACTS, sent, announces(1, 1, V, altered))).to.contain("has X at sequence number 1, where V asks for null at 1");
  });

  it("finds a V that is no quorum, counts a replica twice or is for another view", () => {
    expect(told(FACTS, sent, announces(1, 1, V.slice(1), O))).to.contain(
      "V holds view-changes of 2 replicas in 2: a quorum is 3.",
    );
    const twice = [...V.slice(1), by(2, claim(1))];
    expect(told(FACTS, sent, announces(1, 1, twice, O))).to.contain("V holds view-changes of 2 replicas in 3");
    const again = [...V, by(2, claim(1))];
    expect(told(FACTS, sent, announces(1, 1, again, O))).to.contain("V holds view-changes of 3 replicas in 4");
    const other = [...V.slice(1), by(0, claim(2))];
    expect(told(FACTS, sent, announces(1, 1, other, O))).to.contain("V holds a view-change of replica 0 for view 2.");
  });

  it("finds a view-change in V that its replica never sent", () => {
    const forged = [by(0, claim(1, [prepared(0, 1, "X")])), ...V.slice(1)];
    const O1 = [{ seq: 1, digest: "X" }, O[1] as (typeof O)[number]];
    expect(told(FACTS, sent, announces(1, 1, forged, O1))).to.contain("V holds a view-change that replica 0 never sent.");
    expect(told(FACTS, sent.slice(1), announces(1, 1, V, O))).to.contain("V holds a view-change that replica 0 never sent.");
    expect(
      told(
        FACTS,
        [sent[0], sent[2]].flatMap((each) => each ?? []),
        announces(1, 1, V, O),
      ),
    ).to.equal("holds");
    expect(told({ ...FACTS, liars: [0] }, sent.slice(1), announces(1, 1, V, O))).to.equal("holds");
  });

  it("does not judge a liar's new-view, but the correct replica that enters by it", () => {
    const LYING = { ...FACTS, liars: [1] };
    const wrong = [sent, announces(1, 1, V, [])];
    expect(told(LYING, ...wrong)).to.equal("holds");
    expect(told(LYING, ...wrong, entersView(2, 1))).to.equal(
      "new-view: replica 2 entered view 1 by a new-view of replica 1 whose O has 0 pre-prepares, where V asks for 2.",
    );
    expect(told(LYING, ...wrong, announces(1, 1, V, O), entersView(2, 1))).to.equal("holds");
    expect(told({ ...LYING, historyComplete: false }, ...wrong, entersView(2, 1))).to.equal("holds");
  });
});
