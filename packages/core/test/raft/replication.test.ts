import type { Effect } from "@bft/core";
import { RAFT, type RaftMessage } from "@bft/core/raft";
import { expect } from "chai";
import { CrashCluster } from "../support/crash-cluster.js";
import { effectsIn, messagesIn } from "../support/crash-lone.js";
import { Random } from "../support/random.js";
import {
  appendedOf,
  appendOf,
  digestOf,
  droppedIn,
  elect,
  executedIn,
  leading,
  logOf,
  lone,
  of,
  requestOf,
  requestVoteOf,
  type TestEntry,
  voteOf,
} from "./lone.js";

const [ENTRY_A, ENTRY_B, ENTRY_C] = of(1, "abc") as readonly [TestEntry, TestEntry, TestEntry];

/** Index and success of each answer to an append. */
function answers(effects: readonly Effect<RaftMessage>[]): (readonly [number, boolean])[] {
  return messagesIn(effects, "appended").map(({ index, success }) => [index, success] as const);
}

/** To whom what goes: index before the entries, and how many. */
function appends(effects: readonly Effect<RaftMessage>[]): (readonly [to: number, prev: number, count: number])[] {
  return effectsIn(effects, "send").flatMap(({ to, signed: { message } }) =>
    message.kind === "append-entries" ? [[to, message.prevLogIndex, message.entries.length] as const] : [],
  );
}

describe("Raft §5.3: log replication, the follower", () => {
  it("entries are written down before they are acknowledged", () => {
    const effects = lone().deliver(appendOf(0, 1, [0, 0], [ENTRY_A, ENTRY_B]));
    const kinds = effects.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "persist")).to.have.length(3);
    expect(kinds.lastIndexOf("persist")).to.be.lessThan(kinds.indexOf("send"));
    expect(answers(effects)).to.deep.equal([[2, true]]);
    expect(messagesIn(effects, "appended")[0]?.digest).to.equal(digestOf("b"));
  });

  it("without the entry before them it takes none (the consistency check), and says where its log ends", () => {
    const follower = lone();
    expect(answers(follower.deliver(appendOf(0, 1, [3, 1], [ENTRY_A])))).to.deep.equal([[1, false]]);
    expect(follower.status.slots).to.deep.equal([]);
  });

  it("with another term there it takes none, and points to the first entry of that term", () => {
    const follower = lone();
    follower.deliver(appendOf(0, 2, [0, 0], [...of(1, "a"), ...of(2, "bcd")]));
    expect(answers(follower.deliver(appendOf(2, 3, [4, 3], [[3, "e"]])))).to.deep.equal([[2, false]]);
    expect(logOf(follower)).to.have.length(4);
  });

  it("a conflicting entry goes, and all behind it, over a crash too", () => {
    const follower = lone();
    follower.deliver(appendOf(0, 1, [0, 0], [ENTRY_A, ENTRY_B, ENTRY_C]));
    follower.deliver(appendOf(2, 2, [1, 1], [[2, "d"]]));
    const log = [
      [1, 1, digestOf("a")],
      [2, 2, digestOf("d")],
    ];
    expect(logOf(follower)).to.deep.equal(log);
    expect(logOf(follower.restarted())).to.deep.equal(log);
  });

  it("a message that was overtaken does not shorten the log", () => {
    const follower = lone();
    const early = appendOf(0, 1, [0, 0], [ENTRY_A]);
    follower.deliver(early, appendOf(0, 1, [1, 1], [ENTRY_B, ENTRY_C]));
    expect(answers(follower.deliver(early))).to.deep.equal([[1, true]]);
    expect(logOf(follower)).to.have.length(3);
  });

  it("what arrives twice is acknowledged twice and written down once", () => {
    const follower = lone();
    const message = appendOf(0, 1, [0, 0], [ENTRY_A, ENTRY_B]);
    follower.deliver(message);
    const effects = follower.deliver(message);
    expect(effectsIn(effects, "persist")).to.deep.equal([]);
    expect(answers(effects)).to.deep.equal([[2, true]]);
  });

  it("it executes what the leader has committed, as far as it knows that its log is the leader's", () => {
    const follower = lone();
    follower.deliver(appendOf(0, 1, [0, 0], [ENTRY_A, ENTRY_B, ENTRY_C]));
    // A later leader has committed three entries, and shows only that the first one is the same.
    expect(executedIn(follower.deliver(appendOf(2, 2, [1, 1], [], 3)))).to.deep.equal([[1, 1]]);
    expect(executedIn(follower.deliver(appendOf(2, 2, [1, 1], of(2, "de"), 3)))).to.deep.equal([
      [2, 2],
      [3, 2],
    ]);
  });

  it("what was executed stays executed over a crash, and is not executed again", () => {
    const follower = lone();
    follower.deliver(appendOf(0, 1, [0, 0], [ENTRY_A, ENTRY_B], 2));
    const again = follower.restarted();
    expect(again.status).to.include({ lastExecuted: 2, view: 1 });
    expect(executedIn(again.effects)).to.deep.equal([]);
    expect(executedIn(again.deliver(appendOf(0, 1, [2, 1], [ENTRY_C], 3)))).to.deep.equal([[3, 1]]);
  });
});

describe("Raft §5.3: log replication, the leader", () => {
  it("§8: it begins its term with a no-op, written down before it is sent", () => {
    const effects = elect(lone(0));
    const kinds = effects.map(({ kind }) => kind);
    expect(appends(effects)).to.deep.equal([
      [1, 0, 1],
      [2, 0, 1],
    ]);
    expect(kinds.lastIndexOf("persist")).to.be.lessThan(kinds.indexOf("send"));
  });

  it("an entry is committed and answered once a majority has it, not before", () => {
    const five = lone(0, { replicas: 5, faults: 2 });
    five.fire("election");
    five.deliver(voteOf(1, 1), voteOf(2, 1));
    five.deliver(requestOf("set a 1"));
    five.deliver(appendedOf(1, 1, 2));
    expect(five.status.lastExecuted).to.equal(0);
    const effects = five.deliver(appendedOf(2, 1, 2));
    expect(executedIn(effects)).to.deep.equal([
      [1, 1],
      [2, 1],
    ]);
    expect(messagesIn(effects, "reply")).to.have.length(1);
    expect(effects.findIndex(({ kind }) => kind === "persist")).to.be.lessThan(effects.findIndex(({ kind }) => kind === "reply"));
  });

  it("an acknowledgement counts once, however often it comes", () => {
    const five = lone(0, { replicas: 5, faults: 2 });
    five.fire("election");
    five.deliver(voteOf(1, 1), voteOf(2, 1));
    five.deliver(appendedOf(1, 1, 1), appendedOf(1, 1, 1), appendedOf(1, 1, 1));
    expect(five.status.lastExecuted).to.equal(0);
  });

  it("§5.1: what was acknowledged in an earlier term does not count, though this replica led in it, too", () => {
    const leader = leading(0);
    leader.deliver(requestOf("set a 1"), requestOf("set b 1", 0, 2));
    leader.deliver(appendOf(2, 2, [1, 1], of(2, "x")));
    elect(leader);
    expect(logOf(leader).map(([index, term]) => [index, term])).to.deep.equal([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(droppedIn(leader.deliver(appendedOf(1, 1, 3)))).to.deep.equal(["old-term"]);
    expect(leader.status.lastExecuted).to.equal(0);
  });

  it("whom a refusal points back is sent one message from there, however often it refuses", () => {
    const leader = lone(0);
    leader.deliver(appendOf(1, 1, [0, 0], [ENTRY_A, ENTRY_B, ENTRY_C]));
    elect(leader);
    expect(appends(leader.deliver(appendedOf(2, 2, 2, false)))).to.deep.equal([[2, 1, 3]]);
    expect(appends(leader.deliver(appendedOf(2, 2, 2, false), appendedOf(2, 2, 1, false)))).to.deep.equal([]);
    expect(appends(leader.fire("heartbeat")).filter(([to]) => to === 2)).to.deep.equal([[2, 0, 4]]);
  });

  it("what was lost is found out by a heartbeat, and sent again", () => {
    const leader = leading(0);
    leader.deliver(requestOf("set a 1"));
    expect(appends(leader.fire("heartbeat"))).to.deep.equal([
      [1, 2, 0],
      [2, 2, 0],
    ]);
    expect(appends(leader.deliver(appendedOf(1, 1, 1, false)))).to.deep.equal([[1, 0, 2]]);
  });

  it("pipelineDepth entries are in flight at the most; what waits goes in one batch", () => {
    const leader = leading(0, { pipelineDepth: 2 });
    for (let i = 1; i <= 6; i++) leader.deliver(requestOf(`set k${i} 1`, 0, i));
    expect(leader.status.slots.map(({ requests }) => requests)).to.deep.equal([0, 1]);
    leader.deliver(appendedOf(1, 1, 2));
    expect(leader.status.slots.map(({ requests }) => requests)).to.deep.equal([0, 1, 5]);
  });

  it("one message holds what batchBytesMax allows, and at least one entry", () => {
    const config = { pipelineDepth: 4, batchBytesMax: 1024 };
    const leader = leading(0, config);
    leader.deliver(appendedOf(1, 1, 1));
    for (let i = 1; i <= 3; i++) leader.deliver(requestOf(`set k ${"x".repeat(900)}`, 0, i));
    expect(appends(leader.deliver(appendedOf(2, 1, 1, false)))).to.deep.equal([[2, 0, 2]]);
    const beats = [1, 2].flatMap(() => appends(leader.fire("heartbeat")).filter(([to]) => to === 2));
    expect(beats).to.deep.equal([
      [2, 2, 1],
      [2, 3, 1],
      [2, 4, 0],
    ]);
  });

  it("its log ends a window beyond its snapshot: no more is appended while nothing is committed", () => {
    const leader = leading(0, { checkpointInterval: 2, pipelineDepth: 4, clientWindow: 64 });
    for (let i = 1; i <= 40; i++) leader.deliver(requestOf(`set k${i} 1`, 0, i));
    expect(leader.status.slots.length).to.equal(4);
  });
});

describe("Raft §5.4.2: entries of earlier terms", () => {
  it("figure 8: an entry of an earlier term is not committed by counting, but with one of this term behind it", () => {
    // Terms as in the figure: S1 appended at index 2 in term 2, was deposed by S5 in term 3, and leads again in term 4.
    const s1 = lone(0, { replicas: 5, faults: 2 });
    s1.deliver(appendOf(1, 1, [0, 0], [ENTRY_A], 1));
    s1.deliver(appendOf(1, 2, [1, 1], [[2, "b"]]));
    s1.deliver(requestVoteOf(4, 3, [1, 1]));
    s1.fire("election");
    s1.deliver(voteOf(1, 4), voteOf(2, 4));
    expect(s1.status).to.include({ isPrimary: true, view: 4 });
    // (c): a majority has index 2 of term 2; S5 could still win and overwrite it (d).
    s1.deliver(appendedOf(1, 4, 2), appendedOf(2, 4, 2));
    expect(s1.status.lastExecuted).to.equal(1);
    // (e): with its own entry of term 4 on a majority, both are committed.
    expect(executedIn(s1.deliver(appendedOf(1, 4, 3), appendedOf(2, 4, 3)))).to.deep.equal([
      [2, 2],
      [3, 4],
    ]);
  });

  it("figure 8 (d): what was on a majority, and not committed, may be overwritten", () => {
    const s3 = lone(2, { replicas: 5, faults: 2 });
    s3.deliver(appendOf(0, 2, [0, 0], [ENTRY_A, [2, "b"]], 1));
    s3.deliver(
      appendOf(
        4,
        5,
        [1, 1],
        [
          [3, "c"],
          [5, null],
        ],
        3,
      ),
    );
    expect(logOf(s3).map(([index, term]) => [index, term])).to.deep.equal([
      [1, 1],
      [2, 3],
      [3, 5],
    ]);
  });
});

describe("Raft as a cluster", () => {
  it("a command is executed once, also when it was appended twice under two leaders", () => {
    const cluster = new CrashCluster(RAFT);
    cluster.ask("set a 1");
    const first = cluster.leader() as number;
    // What the leader appends reaches one follower, and no answer the leader.
    cluster.cut = (from, to) => from.role === "replica" && to.role === "replica" && to.id === first;
    cluster.submit("set a 2");
    cluster.run(100);
    cluster.kill(first);
    cluster.cut = () => false;
    cluster.runUntil(() => cluster.answered() === 2);
    cluster.run(3000);
    const executed = cluster.up().map((id) =>
      cluster
        .effectsOf(id, "executed")
        .flatMap(({ requests }) => requests)
        .filter(({ timestamp }) => timestamp === 2),
    );
    expect(executed.map(({ length }) => length)).to.deep.equal([1, 1]);
  });

  it("§8: a command that is in two entries is executed with the first of them", () => {
    const follower = lone(1);
    const effects = follower.deliver(appendOf(0, 1, [0, 0], [ENTRY_A, ENTRY_A, ENTRY_B], 3));
    expect(effectsIn(effects, "executed").map(({ requests }) => requests.length)).to.deep.equal([1, 0, 1]);
  });

  it("a minority commits nothing; what it appended is overwritten when the network is whole again", () => {
    const cluster = new CrashCluster(RAFT);
    cluster.ask("set a 1");
    const old = cluster.leader() as number;
    const others = [0, 1, 2].filter((id) => id !== old);
    cluster.partition([old], others);
    const before = cluster.status(old).lastExecuted;
    cluster.submit("set a 2");
    cluster.runUntil(() => cluster.answered() === 2);
    expect(cluster.leader()).to.not.equal(old);
    expect(cluster.status(old)).to.include({ lastExecuted: before, isPrimary: true });
    cluster.heal();
    cluster.runUntil(() => cluster.status(old).lastExecuted === cluster.status(others[0] as number).lastExecuted);
    expect(cluster.status(old).isPrimary).to.equal(false);
  });

  it("f crashes leave progress, f+1 none, and nothing is lost by it", () => {
    const cluster = new CrashCluster(RAFT, { faults: 2 });
    cluster.ask("set a 1");
    cluster.kill(0);
    cluster.kill(1);
    cluster.ask("set b 2");
    cluster.kill(2);
    cluster.submit("set c 3");
    cluster.run(20_000);
    expect(cluster.answered()).to.equal(2);
    for (const id of [0, 1, 2]) cluster.start(id);
    cluster.runUntil(() => cluster.answered() === 3);
    expect(["a", "b", "c"].map((key) => cluster.ask(`get ${key}`).results[0]?.value)).to.deep.equal(["1", "2", "3"]);
  });

  it("40 % loss slows it down and does not stop it", () => {
    const cluster = new CrashCluster(RAFT);
    const random = new Random(1);
    let lost = 0;
    cluster.meddle = (envelope) => {
      if (!random.chance(0.4)) return [envelope];
      lost += 1;
      return [];
    };
    for (let i = 0; i < 20; i++) cluster.ask(`set k${i} 1`);
    expect(lost).to.be.greaterThan(50);
  });

  it("on links far slower than the timeout it comes to rest: one leader, and no more elections", () => {
    const cluster = new CrashCluster(RAFT, { config: { viewChangeTimeoutMs: 50 } });
    cluster.meddle = (envelope) => [{ ...envelope, delayMs: 150 }];
    for (let i = 0; i < 5; i++) cluster.ask(`set k${i} 1`);
    const elections = () => cluster.effects.flat().filter(({ kind }) => kind === "view-change-started").length;
    const before = elections();
    expect(before).to.be.greaterThan(1);
    cluster.run(5000);
    expect(elections()).to.equal(before);
  });

  it("all that is correct and quiet: no election but the first", () => {
    const cluster = new CrashCluster(RAFT);
    for (let i = 0; i < 10; i++) cluster.ask(`set k${i} 1`);
    cluster.run(60_000);
    expect(cluster.effects.flat().filter(({ kind }) => kind === "view-change-started")).to.have.length(1);
  });

  it("whoever is no leader passes a request on to it, once", () => {
    const follower = lone(1);
    follower.deliver(appendOf(0, 1, [0, 0]));
    const effects = follower.deliver(requestOf("set a 1"));
    expect(effectsIn(effects, "send").map(({ to, signed }) => [to as number, signed.kind])).to.deep.equal([[0, "request"]]);
    expect(follower.status.queued).to.equal(0);
    expect(droppedIn(lone(1).deliver(requestOf("set a 1")))).to.deep.equal(["not-leader"]);
  });
});
