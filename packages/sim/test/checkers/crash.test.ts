import type { Happening, Statement } from "@bft/core";
import { expect } from "chai";
import type { ClusterFacts } from "../../src/checkers/checker.js";
import { crashes, executes, FACTS, invokes, lies, type Story, starts, status, told } from "./support/trace.js";

/** n = 3, f = 1: a majority is two. */
const RAFT: ClusterFacts = { ...FACTS, protocol: "raft", replicas: 3 };
const PAXOS: ClusterFacts = { ...RAFT, protocol: "multipaxos" };

const says = (replica: number, statement: Statement, ...to: number[]): Happening => ({
  kind: "sent",
  id: "ab12",
  replica,
  to,
  statement,
});
const offers = (leader: number, seq: number, digest: string, view: number, ...to: number[]) =>
  says(leader, { kind: "accept", view, values: [{ seq, digest }] }, ...to);
const accepts = (replica: number, seq: number, digest: string, view: number, leader = 0) =>
  says(replica, { kind: "accepted", view, seq, digest }, leader);
const letsLead = (replica: number, view: number, candidate: number) =>
  says(replica, { kind: "promise", view, candidate, accepted: [] }, candidate);
const enters = (replica: number, view: number, primary: number): Happening => ({ kind: "view-entered", replica, view, primary });

/** Replica 0 leads in view 0, and replica 1 accepts A at 1. */
const CHOSEN: Story = [enters(0, 0, 0), offers(0, 1, "A", 0, 1, 2), accepts(1, 1, "A", 0)];

describe("checkers of Multi-Paxos and Raft", () => {
  for (const facts of [RAFT, PAXOS]) {
    it(`${facts.protocol}: nothing is wrong with a value that a majority has`, () => {
      expect(told(facts, CHOSEN, executes(0, 1, "A"), executes(2, 1, "A"))).to.equal("holds");
    });

    it(`${facts.protocol}: majority: what only its leader has is not executed`, () => {
      expect(told(facts, enters(0, 0, 0), offers(0, 1, "A", 0, 1), executes(0, 1, "A"))).to.equal(
        "majority: replica 0 executed A at 1, which fewer than 2 replicas had.",
      );
    });

    it(`${facts.protocol}: promises: nothing is accepted below one's word`, () => {
      expect(told(facts, letsLead(1, 4, 1), accepts(1, 1, "A", 3))).to.equal(
        "promises: replica 1 accepted 1 in 3 after it had given its word in 4.",
      );
      expect(told(facts, accepts(1, 1, "A", 3), letsLead(1, 2, 2))).to.equal(
        "promises: replica 1 let replica 2 lead in 2 after it had given its word in 3.",
      );
    });

    it(`${facts.protocol}: one-value: a leader offers one value for one number in one view`, () => {
      expect(told(facts, offers(0, 1, "A", 0, 1), offers(0, 1, "B", 0, 2))).to.equal(
        "one-value: replica 0 offered B for 1 in 0, where it had offered A before.",
      );
      expect(told(facts, offers(0, 1, "A", 0, 1), offers(1, 1, "B", 1, 2), offers(0, 1, "A", 0, 2))).to.equal("holds");
    });
  }

  it("Raft §5.2: one vote a term, also for oneself", () => {
    const stands = says(1, { kind: "candidate", view: 2 }, 0, 2);
    expect(told(RAFT, letsLead(1, 2, 0), letsLead(1, 2, 2))).to.equal(
      "promises: replica 1 let both replica 0 and replica 2 lead in 2.",
    );
    expect(told(RAFT, stands, letsLead(1, 2, 0))).to.equal("promises: replica 1 let both replica 1 and replica 0 lead in 2.");
    expect(told(RAFT, letsLead(1, 2, 0), letsLead(1, 2, 0), letsLead(1, 3, 2))).to.equal("holds");
  });

  it("Raft §5.2: one leader a term", () => {
    expect(told(RAFT, enters(0, 1, 0), enters(1, 1, 0), enters(2, 1, 2))).to.equal(
      "one-leader: replica 2 followed leader 2 in 1, where replica 0 had followed leader 0.",
    );
  });

  it("Raft §5.3: an acknowledgement is for the whole log before it; in Multi-Paxos for one instance", () => {
    const story = [enters(0, 0, 0), offers(0, 1, "A", 0, 1), offers(0, 2, "B", 0, 1), accepts(1, 2, "B", 0), executes(0, 1, "A")];
    expect(told(RAFT, ...story)).to.equal("holds");
    expect(told(PAXOS, ...story)).to.equal("majority: replica 0 executed A at 1, which fewer than 2 replicas had.");
  });

  for (const facts of [RAFT, PAXOS]) {
    const chosen = [offers(0, 1, "A", 0, 1, 2), accepts(1, 1, "A", 0)];

    it(`${facts.protocol}: leader-completeness: what a majority accepted is what every later leader offers`, () => {
      expect(told(facts, ...chosen, offers(2, 1, "B", 2, 0, 1))).to.equal(
        "leader-completeness: replica 2 offered B for 1 in 2, where A had been chosen in 0.",
      );
      expect(told(facts, ...chosen, offers(2, 1, "A", 2, 0, 1))).to.equal("holds");
      // Its leader alone is no majority of three, and a leader of before may say what it likes.
      expect(told(facts, offers(0, 1, "A", 0, 1), offers(2, 1, "B", 2, 0, 1))).to.equal("holds");
      expect(told(facts, offers(1, 1, "A", 4, 0), accepts(0, 1, "A", 4, 1), offers(0, 1, "B", 3, 2))).to.equal("holds");
    });

    it(`${facts.protocol}: leader-completeness is not judged where somebody lies, or where it is not known what came before`, () => {
      expect(told(facts, lies(0), ...chosen, offers(2, 1, "B", 2, 0, 1))).to.equal("holds");
      expect(told({ ...facts, historyComplete: false }, ...chosen, offers(2, 1, "B", 2, 0, 1))).to.equal("holds");
    });

    it(`${facts.protocol}: log-matching: what is accepted is what was offered`, () => {
      expect(told(facts, offers(0, 1, "A", 0, 1), accepts(1, 1, "B", 0))).to.equal(
        "log-matching: replica 1 accepted B at 1 in 0, where leader 0 had offered A.",
      );
      expect(told(facts, lies(0), offers(0, 1, "A", 0, 1), accepts(1, 1, "B", 0))).to.equal("holds");
    });

    it(`${facts.protocol}: needless-view-change: a leader that all follow is not deposed while nothing is wrong`, () => {
      const calm = { ...facts, calm: true };
      const asks = (view: number): Happening => ({ kind: "view-change-started", replica: 2, view, because: "it was so quiet" });
      const everybody = [0, 1, 2].map((replica) => enters(replica, 1, 0));
      const word = facts.protocol === "raft" ? "term" : "ballot";
      expect(told(calm, ...everybody, asks(2))).to.equal(
        `needless-view-change: replica 2 asked for ${word} 2 though nothing was wrong: it was so quiet.`,
      );
      expect(told(facts, ...everybody, asks(2))).to.equal("holds");
    });
  }

  it("Raft §5.2: the first election, and one after a split vote, is needed; Multi-Paxos begins with a leader", () => {
    const asks = (replica: number, view: number): Happening => ({
      kind: "view-change-started",
      replica,
      view,
      because: "no leader",
    });
    const elections = [asks(0, 1), asks(1, 1), asks(1, 2), enters(1, 2, 1), enters(0, 2, 1), asks(2, 3)];
    expect(told({ ...RAFT, calm: true }, ...elections)).to.equal("holds");
    expect(told({ ...PAXOS, calm: true }, ...elections)).to.match(/^needless-view-change: replica 0/);
  });

  it("Raft §5.4.2, figure 8: an entry of an earlier term is not chosen by a majority, but with one of the leader's own behind it", () => {
    const inherited = [offers(0, 2, "N", 4, 1), offers(0, 1, "A", 4, 1), accepts(1, 1, "A", 4)];
    expect(told(RAFT, ...inherited, offers(2, 1, "B", 5, 1))).to.equal("holds");
    expect(told(RAFT, ...inherited, accepts(1, 2, "N", 4), offers(2, 1, "B", 5, 1))).to.equal(
      "leader-completeness: replica 2 offered B for 1 in 5, where A had been chosen in 4.",
    );
  });

  it("what goes back, or stands still, is told in the protocol's own words", () => {
    expect(told(RAFT, enters(1, 3, 0), status(1), crashes(1), starts(1, { view: 2 }))).to.equal(
      "monotone: replica 1 went back from term 3 to 2.",
    );
    const healed: Happening = { kind: "healed", core: [0, 1], withinMs: 1 };
    expect(told(PAXOS, healed, invokes(0, 1), enters(1, 4, 1), status(1))).to.match(/replica 1 has executed 0 in ballot 4\.$/);
  });

  it("Raft §5.3: a leader's log holds more than it offers", () => {
    expect(told(RAFT, accepts(1, 1, "A", 3))).to.equal("holds");
  });

  const split = (facts: ClusterFacts) =>
    told(
      facts,
      lies(0),
      enters(1, 0, 0),
      offers(0, 1, "A", 0, 1),
      offers(0, 1, "B", 0, 2),
      accepts(1, 1, "A", 0),
      accepts(2, 1, "B", 0),
      executes(1, 1, "A"),
      executes(2, 1, "B"),
    );

  it("a liar that offers two values: the majorities meet in it alone", () => {
    const story = (view: string) =>
      `agreement: replica 2 executed B (${view} 0) at sequence number 1, where replica 1 had executed A (${view} 0). ` +
      "The majorities {0,1} and {0,2} meet only in the liar 0: 1 lies where none may.";
    expect(split(RAFT)).to.equal(story("term"));
    expect(split(PAXOS)).to.equal(story("ballot"));
  });

  it("a liar that makes others believe in a majority that there is not", () => {
    expect(told(RAFT, lies(0), offers(0, 1, "A", 0, 1), executes(1, 1, "A"), executes(2, 1, "B"))).to.equal(
      "agreement: replica 2 executed B (term 0) at sequence number 1, where replica 1 had executed A (term 0). " +
        "The one was accepted by {0} and the other by {}, where a majority is 2: the liar 0 made others believe in it.",
    );
  });
});
