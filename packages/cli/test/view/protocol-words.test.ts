import { expect } from "chai";
import { titleLine } from "../../src/dashboard/sections/header.js";
import { slotsHead } from "../../src/dashboard/sections/slots.js";
import { lineText } from "../../src/view/line.js";
import { titleOf, trustsLeader, wordsOf } from "../../src/view/protocol-words.js";
import { statusLines } from "../../src/view/status-report.js";
import { observe } from "../../src/watch/observe.js";
import { verdictOf } from "../../src/watch/verdict.js";
import { ofLeaders, said, slot, status } from "../support/fixtures.js";

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
});
