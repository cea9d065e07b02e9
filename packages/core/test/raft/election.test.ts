import type { Effect, View } from "@bft/core";
import { RAFT, type RaftMessage } from "@bft/core/raft";
import { expect } from "chai";
import { CrashCluster } from "../support/crash-cluster.js";
import { effectsIn, messagesIn } from "../support/crash-lone.js";
import { appendedOf, appendOf, droppedIn, leading, lone, of, requestVoteOf, voteOf } from "./lone.js";

const granted = (effects: readonly Effect<RaftMessage>[]) => messagesIn(effects, "vote").map((vote) => vote.granted);
const MAX = Number.MAX_SAFE_INTEGER;

describe("Raft §5.1: terms", () => {
  it("a message of a later term makes a leader a follower in that term", () => {
    const leader = leading(0);
    expect(leader.status).to.include({ view: 1, isPrimary: true });
    leader.deliver(appendedOf(1, 5, 0, false));
    expect(leader.status).to.include({ view: 5, isPrimary: false, primary: null });
  });

  it("a message of an earlier term is refused, and its sender told the later term", () => {
    const follower = lone();
    follower.deliver(appendOf(2, 7, [0, 0]));
    const effects = follower.deliver(appendOf(0, 3, [0, 0], [[3, "a"]]));
    expect(droppedIn(effects)).to.deep.equal(["old-term"]);
    expect(messagesIn(effects, "appended")).to.deep.include({
      ...messagesIn(effects, "appended")[0],
      success: false,
      term: 7 as View,
    });
    expect(follower.status.slots).to.deep.equal([]);
  });

  it("the largest term there is breaks no number", () => {
    const follower = lone();
    follower.deliver(requestVoteOf(0, MAX));
    expect(follower.status.view).to.equal(MAX);
    follower.fire("election");
    expect(follower.status.view).to.equal(MAX);
    expect(droppedIn(follower.deliver(appendOf(0, MAX, [MAX, MAX], [], MAX)))).to.deep.equal(["beyond-window"]);
  });
});

describe("Raft §5.2: leader election", () => {
  it("a follower that hears nothing votes for itself in the next term and asks for votes", () => {
    const follower = lone(1);
    const effects = follower.fire("election");
    expect(effects.map(({ kind }) => kind)).to.deep.equal(["persist", "view-change-started", "broadcast", "start-timer"]);
    expect(messagesIn(effects, "request-vote")).to.have.length(1);
    expect(follower.status.viewChange).to.deep.equal({ view: 1, votes: [1] });
  });

  it("a vote is written down before it leaves", () => {
    const effects = lone().deliver(requestVoteOf(0, 1));
    const kinds = effects.map(({ kind }) => kind);
    expect(kinds.lastIndexOf("persist")).to.be.lessThan(kinds.indexOf("send")).and.at.least(0);
    expect(granted(effects)).to.deep.equal([true]);
  });

  it("one vote a term, first come, first served; the same candidate hears the same again", () => {
    const follower = lone();
    expect(granted(follower.deliver(requestVoteOf(0, 1), requestVoteOf(2, 1), requestVoteOf(0, 1)))).to.deep.equal([
      true,
      false,
      true,
    ]);
  });

  it("one vote a term over a crash, too", () => {
    const follower = lone();
    follower.deliver(requestVoteOf(0, 1));
    const again = follower.restarted();
    expect(granted(again.deliver(requestVoteOf(2, 1), requestVoteOf(0, 1)))).to.deep.equal([false, true]);
  });

  it("a candidate has voted for itself, over a crash too", () => {
    const candidate = lone(1);
    candidate.fire("election");
    expect(granted(candidate.deliver(requestVoteOf(2, 1)))).to.deep.equal([false]);
    expect(granted(candidate.restarted().deliver(requestVoteOf(2, 1)))).to.deep.equal([false]);
  });

  it("a majority of votes makes a leader; the same voter counts once, refusals and votes of earlier terms do not", () => {
    const candidate = lone(0, { replicas: 5, faults: 2 });
    candidate.fire("election");
    candidate.fire("election");
    candidate.deliver(voteOf(1, 2), voteOf(1, 2), voteOf(2, 2, false), voteOf(3, 1));
    expect(candidate.status.isPrimary).to.equal(false);
    const effects = candidate.deliver(voteOf(4, 2));
    expect(candidate.status).to.include({ isPrimary: true, primary: 0, viewChange: null });
    expect(effectsIn(effects, "view-entered")).to.deep.equal([{ kind: "view-entered", view: 2, primary: 0 }]);
  });

  it("a candidate that hears of this term's leader follows it", () => {
    const candidate = lone(1);
    candidate.fire("election");
    const effects = candidate.deliver(appendOf(2, 1, [0, 0]));
    expect(candidate.status).to.include({ view: 1, primary: 2, viewChange: null });
    expect(effectsIn(effects, "view-entered")).to.deep.equal([{ kind: "view-entered", view: 1, primary: 2 }]);
    expect(effectsIn(candidate.deliver(appendOf(2, 1, [0, 0])), "view-entered")).to.deep.equal([]);
  });

  it("a split vote leads to another election, in a later term and with other timeouts", () => {
    const candidates = [0, 1, 2].map((id) => lone(id));
    const delays = candidates.map((candidate) => {
      candidate.fire("election");
      for (const other of [0, 1, 2]) if (other !== candidate.config.self) candidate.deliver(requestVoteOf(other, 1));
      expect(candidate.status).to.include({ isPrimary: false, view: 1 });
      return candidate.timers.get("election");
    });
    expect(new Set(delays).size).to.equal(3);
  });

  it("timeouts double with each election that brings nothing, up to a bound; a leader that lasts takes it back", () => {
    const follower = lone();
    const waits = Array.from({ length: 12 }, () => {
      follower.fire("election");
      return follower.timers.get("election") ?? 0;
    });
    const between = (wait: number, doublings: number) => wait >= 1000 * 2 ** doublings && wait < 2000 * 2 ** doublings;
    expect(waits.every((wait, index) => between(wait, Math.min(index + 1, 6)))).to.equal(true);
    const heartbeats = (count: number) => {
      for (let i = 0; i < count; i++) follower.deliver(appendOf(0, 20, [0, 0]));
      return follower.timers.get("election") ?? 0;
    };
    // Its first heartbeats may be late only by chance: a few of them prove nothing.
    expect(between(heartbeats(10), 6)).to.equal(true);
    expect(between(heartbeats(1000), 0)).to.equal(true);
  });

  it("hearing from the leader, and granting a vote, start the timer anew; refusing one does not", () => {
    const timers = (effects: readonly Effect<RaftMessage>[]) => effectsIn(effects, "start-timer").map(({ timer }) => timer);
    const follower = lone();
    expect(timers(follower.deliver(requestVoteOf(0, 1)))).to.deep.equal(["election"]);
    expect(timers(follower.deliver(requestVoteOf(2, 1)))).to.deep.equal([]);
    expect(timers(follower.deliver(appendOf(0, 1, [0, 0])))).to.deep.equal(["election"]);
    expect(timers(follower.deliver(appendOf(2, 0, [0, 0])))).to.deep.equal([]);
  });

  it("a leader keeps its office by heartbeats, at least three within the shortest timeout", () => {
    const leader = leading(0, { viewChangeTimeoutMs: 90 });
    expect(leader.timers.get("heartbeat")).to.equal(30);
    expect(leader.timers.has("election")).to.equal(false);
    leader.deliver(appendedOf(1, 1, 1), appendedOf(2, 1, 1));
    const beats = messagesIn(leader.fire("heartbeat"), "append-entries");
    expect(beats.map(({ entries }) => entries.length)).to.deep.equal([0, 0]);
  });

  it("a new cluster has a leader after one heartbeat, and it is replica 0", () => {
    const cluster = new CrashCluster(RAFT);
    cluster.run(250);
    expect(cluster.configs.map((_, id) => cluster.status(id).primary)).to.deep.equal([0, 0, 0]);
  });
});

describe("Raft §5.4.1: the election restriction", () => {
  const follower = () => {
    const replica = lone(1);
    replica.deliver(appendOf(0, 2, [0, 0], [...of(1, "a"), ...of(2, "bc")]));
    return replica;
  };
  const cases: readonly (readonly [string, [number, number], boolean])[] = [
    ["a longer log of an earlier last term", [9, 1], false],
    ["a shorter log of the same last term", [2, 2], false],
    ["an equal log", [3, 2], true],
    ["a longer log of the same last term", [4, 2], true],
    ["a shorter log of a later last term", [1, 3], true],
  ];
  for (const [title, last, vote] of cases)
    it(`${title}: ${vote ? "a vote" : "no vote"}`, () => {
      expect(granted(follower().deliver(requestVoteOf(2, 9, last)))).to.deep.equal([vote]);
    });

  it("what was compacted counts, too", () => {
    const replica = lone(1, { checkpointInterval: 2 });
    replica.deliver(appendOf(0, 2, [0, 0], of(2, "ab"), 2));
    expect(replica.status.lowWaterMark).to.equal(2);
    expect(granted(replica.deliver(requestVoteOf(2, 8, [1, 2]), requestVoteOf(2, 9, [2, 2])))).to.deep.equal([false, true]);
  });

  it("a server that has slept through a commit can not win an election", () => {
    const cluster = new CrashCluster(RAFT);
    cluster.ask("set a 1");
    const leader = cluster.leader() as number;
    const sleeper = cluster.configs.findIndex((_, id) => id !== leader);
    const third = 3 - leader - sleeper;
    cluster.run(500);
    cluster.kill(sleeper);
    cluster.ask("set b 1");
    cluster.kill(leader);
    cluster.start(sleeper);
    cluster.runUntil(() => cluster.leader() !== null);
    expect(cluster.leader()).to.equal(third);
    expect(cluster.ask("get b").results[0]?.value).to.equal("1");
  });
});
