import { RecoveryError, type SavedState } from "@bft/core";
import { RAFT } from "@bft/core/raft";
import { expect } from "chai";
import { CrashCluster } from "../support/crash-cluster.js";
import { effectsIn, messagesIn } from "../support/crash-lone.js";
import { appendedOf, appendOf, elect, executedIn, leading, logOf, lone, of, requestOf, requestVoteOf } from "./lone.js";

const LOST: SavedState = { state: null, records: [], lost: true };

describe("Raft: what is written down (figure 2, persistent state)", () => {
  it("a crash right after each thing that is written down: safe, and it goes on", () => {
    let crashes = 0;
    for (let at = 1; at <= 90; at++) {
      const cluster = new CrashCluster(RAFT, { config: { checkpointInterval: 4 } });
      let count = 0;
      cluster.crashAfter = (id) => {
        count += 1;
        if (count !== at) return false;
        crashes += 1;
        cluster.after(500, () => cluster.start(id));
        return true;
      };
      for (let i = 0; i < 8; i++) cluster.ask(`set k${i} ${at}`);
      cluster.runUntil(
        () => new Set(cluster.up().map((id) => cluster.status(id).lastExecuted)).size === 1 && cluster.up().length === 3,
      );
      expect(cluster.safety.checks).to.be.greaterThan(10);
    }
    expect(crashes).to.be.greaterThan(50);
  });

  it("a restart from every beginning of the log gives a state that was there before", () => {
    const leader = leading(0);
    for (let i = 1; i <= 3; i++) leader.deliver(requestOf(`set k${i} 1`, 0, i), appendedOf(1, 1, i + 1));
    const all = leader.records;
    let last = { view: 0, lastExecuted: 0 };
    for (let length = 0; length <= all.length; length++) {
      const { view, lastExecuted } = leader.restarted(all.slice(0, length)).status;
      expect(view).to.be.at.least(last.view);
      expect(lastExecuted).to.be.at.least(last.lastExecuted);
      last = { view, lastExecuted };
    }
    expect(last).to.deep.equal({ view: 1, lastExecuted: leader.status.lastExecuted });
  });

  it("records that come twice, in the order of the old ones and then the restatement, change nothing", () => {
    const follower = lone(1, { checkpointInterval: 2 });
    const old: Uint8Array[] = [];
    const keep = (effects: ReturnType<typeof follower.deliver>) => {
      for (const effect of effects) {
        if (effect.kind === "persist") old.push(effect.record);
        if (effect.kind === "checkpoint-stable") old.push(...effect.records);
      }
    };
    keep(follower.deliver(appendOf(0, 1, [0, 0], of(1, "abc"))));
    keep(follower.deliver(requestVoteOf(2, 2, [9, 1])));
    keep(follower.deliver(appendOf(2, 2, [1, 1], of(2, "de"), 3)));
    keep(follower.deliver(requestVoteOf(0, 3, [9, 2])));
    const again = lone(1, { checkpointInterval: 2 }, { state: null, records: old, lost: false });
    const pick = ({ status }: typeof follower) => [status.view, status.lastExecuted, status.lowWaterMark, status.checkpoint];
    expect(pick(again)).to.deep.equal(pick(follower));
    expect(logOf(again)).to.deep.equal(logOf(follower));
    expect(messagesIn(again.deliver(requestVoteOf(2, 3, [9, 2])), "vote")[0]?.granted).to.equal(false);
  });

  it("stale entries that stand behind a snapshot's restatement, because one write held all of it, do not come back", () => {
    const follower = lone(1, { checkpointInterval: 2 });
    const written = [
      ...follower.deliver(appendOf(0, 1, [0, 0], of(1, "abcd"))),
      ...follower.deliver(appendOf(2, 2, [0, 0], of(2, "ef"), 2)),
    ];
    const records = effectsIn(written, "persist").map(({ record }) => record);
    expect(logOf(follower)).to.deep.equal([]);
    const again = follower.restarted([...follower.records, ...records]);
    expect(again.status).to.include({ lastExecuted: 2, lowWaterMark: 2 });
    expect(logOf(again)).to.deep.equal([]);
    // With the stale end of its log it would vote for whoever lacks what is committed (§5.4.1).
    expect(messagesIn(again.deliver(requestVoteOf(0, 3, [4, 1])), "vote")[0]?.granted).to.equal(false);
  });

  it("an installed snapshot is there after a restart, and half of one is as if it had never come", () => {
    const source = lone(0, { checkpointInterval: 2 });
    source.deliver(appendOf(2, 1, [0, 0], of(1, "abcd"), 4));
    elect(source);
    const piece = effectsIn(source.deliver(appendedOf(1, 2, 1, false)), "send")[0]?.signed;
    if (piece?.kind !== "install-snapshot") throw new Error("no snapshot was sent");
    const follower = lone(1, { checkpointInterval: 64 });
    const records = effectsIn(follower.deliver(piece), "persist").map(({ record }) => record);
    const from = (count: number) => lone(1, {}, { state: null, records: records.slice(0, count), lost: false });
    expect(from(records.length).status).to.deep.include({ lastExecuted: 4, checkpoint: follower.status.checkpoint });
    expect(from(records.length - 1).status).to.include({ lastExecuted: 0 });
    const again = from(records.length);
    expect(executedIn(again.deliver(appendOf(0, 2, [4, 1], [[2, "e"]], 5)))).to.deep.equal([[5, 2]]);
  });

  it("a damaged record, a hole, or a commit without its entries ends the start with an error that says so", () => {
    const follower = lone(1);
    follower.deliver(appendOf(0, 1, [0, 0], of(1, "ab"), 2));
    const { records } = follower;
    const without = (gone: number) => () => follower.restarted(records.filter((_, index) => index !== gone));
    expect(() => follower.restarted([Uint8Array.of(1)])).to.throw(RecoveryError, "record 0 of the log can not be read");
    expect(without(1)).to.throw(RecoveryError, "after entry 0 it goes on with 2");
    expect(without(2)).to.throw(RecoveryError, "entry 2 was committed and is not in the log");
  });
});

describe("Raft: a server that has lost its disk", () => {
  it("says so, and writes it down", () => {
    const replica = lone(1, {}, LOST);
    expect(replica.effects.slice(0, 2).map(({ kind }) => kind)).to.deep.equal(["persist", "abstaining"]);
    expect(replica.status.abstaining).to.deep.equal({ until: null });
    expect(replica.restarted().status.abstaining).to.deep.equal({ until: null });
  });

  it("never votes and never stands, over restarts and compaction, too", () => {
    const first = lone(1, { checkpointInterval: 2 }, LOST);
    first.deliver(appendOf(0, 1, [0, 0], of(1, "abc"), 3));
    expect(first.status).to.include({ lastExecuted: 3, lowWaterMark: 2 });
    for (const replica of [first, first.restarted()]) {
      expect(messagesIn(replica.deliver(requestVoteOf(2, 5, [9, 4])), "vote").map(({ granted }) => granted)).to.deep.equal([
        false,
      ]);
      expect(replica.timers.has("election")).to.equal(false);
      replica.fire("election");
      expect(replica.status.viewChange).to.equal(null);
    }
  });

  it("acknowledges as one that does not count, and its leader commits nothing by it", () => {
    const replica = lone(1, {}, LOST);
    const answers = messagesIn(replica.deliver(appendOf(0, 1, [0, 0], [[1, null]])), "appended");
    expect(answers.map(({ success, counts }) => [success, counts])).to.deep.equal([[true, false]]);
    const leader = leading(0);
    leader.deliver(appendedOf(1, 1, 1, true, false));
    // Nor by what it had said before, and what arrives late.
    leader.deliver(appendedOf(1, 1, 1));
    expect(leader.status.lastExecuted).to.equal(0);
    expect(executedIn(leader.deliver(appendedOf(2, 1, 1)))).to.deep.equal([[1, 1]]);
  });

  it("a cluster goes on without its vote, and it follows", () => {
    const cluster = new CrashCluster(RAFT);
    cluster.ask("set a 1");
    const leader = cluster.leader() as number;
    cluster.kill(leader);
    cluster.wipe(leader);
    cluster.start(leader);
    for (let i = 0; i < 20; i++) cluster.ask(`set k${i} 1`);
    cluster.runUntil(() => new Set([0, 1, 2].map((id) => cluster.status(id).lastExecuted)).size === 1);
    expect(messagesIn(cluster.effects[leader] ?? [], "vote").some(({ granted }) => granted)).to.equal(false);
  });
});
