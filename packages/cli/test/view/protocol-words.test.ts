import { expect } from "chai";
import { titleLine } from "../../src/dashboard/sections/header.js";
import { slotsHead } from "../../src/dashboard/sections/slots.js";
import { lineText } from "../../src/view/line.js";
import { titleOf, trustsLeader, wordsOf } from "../../src/view/protocol-words.js";
import { statusLines } from "../../src/view/status-report.js";
import { observe } from "../../src/watch/observe.js";
import { verdictOf } from "../../src/watch/verdict.js";
import { allUp, isDown, ofLeaders, said, seen, slot, status } from "../support/fixtures.js";

describe("each protocol in its own words", () => {
  it("falls back to PBFT's for a protocol that is not known", () => {
    expect([wordsOf("vsr").view, titleOf("vsr"), trustsLeader("vsr")]).to.deep.equal(["view", "vsr", false]);
  });

  it("the title of the dashboard and the table of bft status", () => {
    expect(lineText(titleLine(ofLeaders("raft", { view: 4 }), 80)))
      .to.contain("n = 3, f = 1, quorum 2")
      .and.contain("term 4, leader 0");
    const [title, head, first, second] = statusLines(ofLeaders("multipaxos"), 120).map(lineText);
    expect(title).to.contain("ballot 0, leader 0");
    expect(head).to.contain("ballot").and.contain("snapshot");
    expect(first).to.contain("leader");
    expect(second).to.contain("acceptor");
  });

  it("the phases of a slot: two where a leader is trusted", () => {
    const machine = { slots: [slot(1, 3, { prepares: [], prepared: false })] };
    const head = lineText(slotsHead(ofLeaders("raft", machine), 120));
    expect(head).to.contain("append").and.contain("acknowledged").and.contain("executed");
    expect(head).not.to.contain("prepare");
    expect(lineText(slotsHead(ofLeaders("multipaxos", machine), 120)))
      .to.contain("accept ")
      .and.contain("accepted");
  });

  it("one liar is one too many where replicas believe their leader", () => {
    const lying = observe(ofLeaders("raft"), said({ ...status(2, 3, { behaviour: "equivocate" }), protocol: "raft" }));
    expect(verdictOf(lying)).to.include({
      kind: "beyond",
      headline: "BEYOND THE MODEL: 1 of 3 lies",
      why: "Raft tolerates replicas that stop, not one that lies",
    });
    expect(verdictOf(ofLeaders("raft")).kind).to.equal("agrees");
  });

  it("who stands for leader, in its view already", () => {
    const candidate = { isPrimary: false, primary: null, view: 4, viewChange: { view: 4, votes: [1] } };
    const voting = ofLeaders("raft", candidate);
    const [title, , first] = statusLines(voting, 120).map(lineText);
    expect(title).to.contain("term 4, leader –");
    expect(first).to.match(/ in election +4 /);
    expect(lineText(titleLine(voting, 80))).not.to.contain("leader");
    expect(verdictOf(voting)).to.include({ headline: "CHANGES to term 4", why: "1 of 2 votes for a leader" });
    expect(lineText(statusLines(ofLeaders("multipaxos", candidate), 120)[2] ?? [])).to.contain("in phase 1");
  });

  it("nobody leads, and one that knows more than the others", () => {
    const waiting = ofLeaders("raft", { isPrimary: false, primary: null, view: 4 });
    expect(verdictOf(waiting)).to.include({ kind: "waits", serves: true, headline: "WAITS for a leader" });
    expect(verdictOf(waiting).why).to.contain("nobody leads term 4 yet");
    const elected = observe(
      waiting,
      said({ ...status(2, 3, { machine: { view: 4, primary: 2, quorum: 2 } }), protocol: "raft" }),
    );
    expect(verdictOf(elected).kind).to.equal("agrees");
    expect(lineText(titleLine(elected, 80))).to.contain("term 4, leader 2");
  });

  it("the longest states of a replica fit", () => {
    const lying = (protocol: "raft" | "multipaxos") =>
      observe(ofLeaders(protocol), said({ ...status(2, 3, { behaviour: "silent", machine: { isPrimary: false } }), protocol }));
    expect(lineText(statusLines(lying("raft"), 120)[4] ?? [])).to.contain("lying follower ");
    expect(lineText(statusLines(lying("multipaxos"), 120)[4] ?? [])).to.contain("lying acceptor ");
  });
});

describe("a disk that is lost where nobody lies", () => {
  const forgetful = (id: number) =>
    said({ ...status(id, 3, { machine: { isPrimary: false, abstaining: { until: null }, quorum: 2 } }), protocol: "raft" });
  const oneLost = observe(ofLeaders("raft"), forgetful(2));

  it("its vote is lost for good: status and verdict say so", () => {
    expect(verdictOf(oneLost)).to.include({ kind: "serves", why: "replica 2 abstaining for good" });
    expect(statusLines(oneLost, 120).map(lineText)).to.include(
      "replica 2 has lost its disk: it follows and does not vote, and its vote is lost for good; for a cluster with all its votes: bft up --fresh",
    );
    expect(statusLines(ofLeaders("raft"), 120).map(lineText).join()).not.to.contain("lost its disk");
  });

  it("with too few votes left nothing but a new cluster helps", () => {
    const twoLost = observe(observe(oneLost, forgetful(1)), isDown(0));
    expect(verdictOf(twoLost)).to.include({
      kind: "stalled",
      headline: "STALLED: 0 of 3 vote, quorum 2",
      why: "disks are lost; start anew: bft up --fresh",
    });
    const oneDown = observe(oneLost, isDown(0));
    expect(verdictOf(oneDown).why, "the one that is down still has its vote").to.equal("bring one back with: bft restart 0");
  });

  it("in PBFT it comes back", () => {
    const pbft = observe(seen(allUp()), said(status(3, 4, { machine: { abstaining: { until: null } } })));
    expect(verdictOf(pbft).why).to.equal("replica 3 abstaining");
    expect(statusLines(pbft, 120).map(lineText).join()).not.to.contain("lost its disk");
  });
});
