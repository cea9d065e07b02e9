import { expect } from "chai";
import {
  acceptedOf,
  acceptOf,
  droppedIn,
  executedIn,
  heartbeatOf,
  LonePaxos,
  messagesIn,
  prepareOf,
  promiseOf,
  proposalsIn,
  requestOf,
  valueNamed,
  valueOfRequest,
} from "./lone.js";

const [a, b, c] = [valueNamed("a"), valueNamed("b"), valueNamed("c")];

/** Everything that is written down before the first message of a kind leaves. */
function writtenBefore(effects: ReturnType<LonePaxos["deliver"]>, kind: string): number {
  const end = effects.findIndex(
    (effect) => (effect.kind === "send" || effect.kind === "broadcast") && effect.signed.kind === kind,
  );
  expect(end, `a ${kind} leaves`).to.be.at.least(0);
  return effects.slice(0, end).filter((effect) => effect.kind === "persist").length;
}

describe("Paxos Made Simple §2.1, §2.2: choosing a value", () => {
  it("P1: an acceptor accepts the first proposal that it receives", () => {
    const acceptor = new LonePaxos(1);
    const effects = acceptor.deliver(acceptOf(0, 1, a));
    expect(messagesIn(effects, "accepted")).to.deep.equal([{ kind: "accepted", ballot: 0, seq: 1, digest: a.digest }]);
  });

  it("P1a: an acceptor accepts n unless it has responded to a prepare request numbered greater than n", () => {
    const acceptor = new LonePaxos(1);
    acceptor.deliver(prepareOf(5));
    const effects = acceptor.deliver(acceptOf(3, 1, a));
    expect(droppedIn(effects)).to.deep.equal(["ballot-old"]);
    expect(messagesIn(effects, "accepted")).to.deep.equal([]);
    expect(messagesIn(acceptor.deliver(acceptOf(5, 1, a)), "accepted")).to.have.length(1);
    expect(messagesIn(acceptor.deliver(acceptOf(6, 1, a)), "accepted"), "a higher one needs no promise").to.have.length(1);
  });

  it("P1a over a crash (§2.5): the promise is on the disk before it leaves, and holds", () => {
    const acceptor = new LonePaxos(1);
    const effects = acceptor.deliver(prepareOf(5));
    expect(writtenBefore(effects, "promise")).to.equal(1);
    expect(droppedIn(acceptor.restarted().deliver(acceptOf(3, 1, a)))).to.deep.equal(["ballot-old"]);
    expect(droppedIn(acceptor.restarted().deliver(prepareOf(2)))).to.deep.equal(["ballot-old"]);
  });

  it("what was accepted is on the disk before that is said (§2.5), and is told after a crash", () => {
    const acceptor = new LonePaxos(1);
    expect(writtenBefore(acceptor.deliver(acceptOf(0, 1, a)), "accepted")).to.equal(1);
    const [promise] = messagesIn(acceptor.restarted().deliver(prepareOf(5)), "promise");
    expect(promise?.accepted).to.deep.equal([{ seq: 1, ballot: 0, ...a }]);
  });

  it("having accepted n it accepts nothing below n any more", () => {
    const acceptor = new LonePaxos(1);
    acceptor.deliver(acceptOf(5, 1, a));
    expect(droppedIn(acceptor.deliver(acceptOf(3, 1, b)))).to.deep.equal(["ballot-old"]);
    expect(droppedIn(acceptor.restarted().deliver(acceptOf(3, 1, b)))).to.deep.equal(["ballot-old"]);
  });

  it("phase 1b: the response is a promise with the highest-numbered proposal accepted", () => {
    const acceptor = new LonePaxos(1);
    acceptor.deliver(acceptOf(0, 1, a), acceptOf(2, 1, b));
    const [promise] = messagesIn(acceptor.deliver(prepareOf(3)), "promise");
    expect(promise?.accepted).to.deep.equal([{ seq: 1, ballot: 2, ...b }]);
  });

  it("phase 1b: a prepare request numbered lower than a promise is refused, and the number told (§2.5)", () => {
    const acceptor = new LonePaxos(1);
    acceptor.deliver(prepareOf(5));
    const effects = acceptor.deliver(prepareOf(3));
    expect(messagesIn(effects, "promise")).to.deep.equal([]);
    expect(messagesIn(effects, "refused")).to.deep.equal([{ kind: "refused", ballot: 3, promised: 5, executed: 0 }]);
  });

  it("phase 1a: a proposer promises itself first, on its disk, before it asks for promises", () => {
    const proposer = new LonePaxos(1);
    const effects = proposer.fire("silence");
    expect(messagesIn(effects, "prepare")).to.deep.equal([{ kind: "prepare", ballot: 1, from: 1 }]);
    expect(writtenBefore(effects, "prepare")).to.equal(1);
    expect(droppedIn(proposer.restarted().deliver(heartbeatOf(0, 0)))).to.deep.equal(["ballot-old"]);
  });

  it("phase 2a: nothing is proposed before a majority has promised", () => {
    const proposer = new LonePaxos(1, { replicas: 5, faults: 2 });
    proposer.fire("silence");
    expect(messagesIn(proposer.deliver(promiseOf(2, 1, [[1, 0, a]])), "accept")).to.deep.equal([]);
    expect(proposer.status.isPrimary).to.equal(false);
    expect(proposalsIn(proposer.deliver(promiseOf(3, 1)))).to.deep.equal([[1, a.digest]]);
    expect(proposer.status.isPrimary).to.equal(true);
  });

  it("phase 2a: a promise counts once, however often it comes", () => {
    const proposer = new LonePaxos(1, { replicas: 5, faults: 2 });
    proposer.fire("silence");
    const effects = proposer.deliver(promiseOf(2, 1), promiseOf(2, 1));
    expect(droppedIn(effects)).to.deep.equal(["promise-out-of-turn"]);
    expect(proposer.status.isPrimary).to.equal(false);
  });

  it("P2c: the value of the highest-numbered proposal among the promises is proposed, whoever tells of it first", () => {
    for (const order of [
      [2, 3],
      [3, 2],
    ]) {
      const proposer = new LonePaxos(1, { replicas: 5, faults: 2 });
      proposer.deliver(acceptOf(5, 1, c, 0, 0));
      proposer.fire("silence");
      const told = { 2: promiseOf(2, 6, [[1, 2, a]]), 3: promiseOf(3, 6, [[1, 4, b]]) };
      expect(proposalsIn(proposer.deliver(...order.map((id) => told[id as 2 | 3]))), "its own is the highest").to.deep.equal([
        [1, c.digest],
      ]);
      const other = new LonePaxos(1, { replicas: 5, faults: 2 });
      other.deliver(acceptOf(0, 1, c, 0, 0));
      other.fire("silence");
      const later = { 2: promiseOf(2, 1, []), 3: promiseOf(3, 1, [[1, 0, b]]) };
      expect(proposalsIn(other.deliver(...order.map((id) => later[id as 2 | 3])))).to.have.length(1);
    }
  });

  it("P2c: any value, when no proposal was accepted: the one that a client asks for", () => {
    const proposer = new LonePaxos(1);
    proposer.fire("silence");
    proposer.deliver(promiseOf(2, 1));
    const effects = proposer.deliver(requestOf("set x 1"));
    expect(proposalsIn(effects)).to.deep.equal([[1, valueOfRequest("set x 1").digest]]);
  });

  it("P2c: a promise does not tell of proposals numbered as high as the ballot that it promises", () => {
    const proposer = new LonePaxos(1);
    proposer.fire("silence");
    expect(droppedIn(proposer.deliver(promiseOf(2, 1, [[1, 1, a]])))).to.deep.equal(["promise-malformed"]);
  });

  it("a value is chosen when a majority has accepted it (§2.1), not before: of five, three", () => {
    const leader = new LonePaxos(0, { replicas: 5, faults: 2 });
    leader.deliver(requestOf("set x 1"));
    const value = valueOfRequest("set x 1");
    expect(executedIn(leader.deliver(acceptedOf(1, 0, 1, value)))).to.deep.equal([]);
    expect(executedIn(leader.deliver(acceptedOf(1, 0, 1, value))), "the same one twice").to.deep.equal([]);
    expect(executedIn(leader.deliver(acceptedOf(4, 0, 1, value)))).to.have.length(1);
  });

  it("acceptances of another value or ballot do not count", () => {
    const leader = new LonePaxos(0, { replicas: 5, faults: 2 });
    leader.deliver(requestOf("set x 1"));
    leader.deliver(acceptedOf(1, 0, 1, a), acceptedOf(2, 5, 1, valueOfRequest("set x 1")));
    expect(executedIn(leader.deliver(acceptedOf(3, 0, 1, valueOfRequest("set x 1"))))).to.deep.equal([]);
  });

  it("the leader is an acceptor: its own acceptance is on the disk before it asks the others, and is told after a crash", () => {
    const leader = new LonePaxos(0);
    const effects = leader.deliver(requestOf("set x 1"));
    expect(writtenBefore(effects, "accept")).to.equal(1);
    const [promise] = messagesIn(leader.restarted().deliver(prepareOf(4)), "promise");
    expect(promise?.accepted.map(({ digest }) => digest)).to.deep.equal([valueOfRequest("set x 1").digest]);
  });
});

describe("Paxos Made Simple §2.3: learning a chosen value", () => {
  it("acceptances go to the distinguished learner alone, the leader", () => {
    const effects = new LonePaxos(1).deliver(acceptOf(0, 1, a));
    const sends = effects.filter((effect) => effect.kind === "send");
    expect(sends.map(({ to }) => to as number)).to.deep.equal([0]);
    expect(effects.some(({ kind }) => kind === "broadcast")).to.equal(false);
  });

  it("what was accepted in the leader's ballot is executed once the leader says that it is chosen", () => {
    const learner = new LonePaxos(1);
    expect(executedIn(learner.deliver(acceptOf(0, 1, a)))).to.deep.equal([]);
    const [executed] = executedIn(learner.deliver(heartbeatOf(0, 1)));
    expect(executed).to.include({ seq: 1, view: 0, digest: a.digest });
    expect(executedIn(learner.deliver(acceptOf(0, 2, b), acceptOf(0, 3, c, 2))), "an accept request says so too").to.have.length(
      1,
    );
  });

  it("what was accepted in another ballot is not, for it may not be what was chosen", () => {
    const learner = new LonePaxos(1);
    learner.deliver(acceptOf(0, 1, a));
    expect(executedIn(learner.deliver(heartbeatOf(2, 1)))).to.deep.equal([]);
    expect(executedIn(learner.deliver(acceptOf(2, 1, b, 1)))[0]).to.include({ seq: 1, digest: b.digest });
  });

  it("a learner that did not find out asks another one", () => {
    const learner = new LonePaxos(1);
    learner.deliver(heartbeatOf(0, 1));
    for (let tick = 0; tick < 3; tick++) learner.fire("tick");
    expect(learner.said("fetch")[0]).to.deep.equal({ kind: "fetch", from: 1 });
  });
});

describe("Paxos Made Simple §2.4: progress", () => {
  it("different proposers choose their numbers from disjoint sets, and each one a higher number than any it has seen", () => {
    const ballots = [0, 1, 2].map((id) => {
      const proposer = new LonePaxos(id);
      proposer.deliver(prepareOf(id === 1 ? 8 : 7));
      proposer.fire("silence");
      return proposer.said("prepare")[0]?.ballot as number;
    });
    expect(ballots).to.deep.equal([9, 10, 8]);
  });

  it("a proposer abandons its proposal when it hears of a higher number", () => {
    const leader = new LonePaxos(0);
    leader.deliver(requestOf("set x 1"));
    leader.deliver(prepareOf(4));
    expect(leader.status).to.include({ isPrimary: false, view: 4, primary: null });
    const effects = leader.deliver(acceptedOf(1, 0, 1, valueOfRequest("set x 1")));
    expect(droppedIn(effects)).to.deep.equal(["not-leading"]);
    expect(executedIn(effects)).to.deep.equal([]);
  });

  it("timeouts are one to two times the configured one, differ between replicas, and double with each attempt", () => {
    const delays = [1, 2].map((id) => {
      const waiting = new LonePaxos(id);
      const first = waiting.timers.get("silence") ?? 0;
      waiting.fire("silence");
      waiting.deliver(prepareOf(9 + ((id + 1) % 3)));
      return [first, waiting.timers.get("silence") ?? 0] as const;
    });
    for (const [first, second] of delays) {
      expect(first).to.be.within(1000, 2000);
      expect(second).to.be.within(2000, 4000);
    }
    expect(delays[0]?.[0]).to.not.equal(delays[1]?.[0]);
  });

  it("a leader that lasts takes the timeout back; a few heartbeats and an executed instance do not", () => {
    const follower = new LonePaxos(1);
    let ballot = 0;
    for (let attempt = 0; attempt < 9; attempt++) {
      follower.fire("silence");
      ballot += 3;
      follower.deliver(prepareOf(ballot));
    }
    const between = (doublings: number) => {
      const wait = follower.timers.get("silence") ?? 0;
      return wait >= 1000 * 2 ** doublings && wait < 2000 * 2 ** doublings;
    };
    expect(between(6)).to.equal(true);
    follower.deliver(acceptOf(ballot, 1, a, 0), acceptOf(ballot, 2, b, 1));
    for (let i = 0; i < 10; i++) follower.deliver(heartbeatOf(ballot, 1));
    expect(follower.status.lastExecuted).to.equal(1);
    expect(between(6)).to.equal(true);
    for (let i = 0; i < 1000; i++) follower.deliver(heartbeatOf(ballot, 1));
    expect(between(0)).to.equal(true);
  });

  it("a candidate without a majority asks on in the same ballot, and comes back with no higher one", () => {
    const candidate = new LonePaxos(1);
    candidate.fire("silence");
    for (let tick = 0; tick < 40; tick++) candidate.fire("tick");
    expect(new Set(candidate.said("prepare").map(({ ballot }) => ballot as number))).to.deep.equal(new Set([1]));
    expect(candidate.said("prepare").length).to.be.greaterThan(4);
    expect(candidate.timers.has("silence")).to.equal(false);
  });
});
