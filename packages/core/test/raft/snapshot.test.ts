import type { Effect, SeqNum, Signed } from "@bft/core";
import { type InstallSnapshot, RAFT, type RaftMessage } from "@bft/core/raft";
import { expect } from "chai";
import { CrashCluster } from "../support/crash-cluster.js";
import { effectsIn, messagesIn } from "../support/crash-lone.js";
import {
  appendedOf,
  appendOf,
  elect,
  executedIn,
  installOf,
  type LoneRaft,
  leading,
  lone,
  of,
  receivedOf,
  requestOf,
  requestVoteOf,
} from "./lone.js";

const FOUR = of(1, "abcd");

/** A leader with a snapshot at index 4, and what it sends to a follower that has nothing. */
function source(term = 2): { readonly leader: LoneRaft; readonly pieces: readonly Signed<InstallSnapshot>[] } {
  const leader = lone(0, { checkpointInterval: 2 });
  leader.deliver(appendOf(2, 1, [0, 0], FOUR, 4));
  leader.deliver(requestVoteOf(2, term - 1));
  elect(leader);
  const pieces = installs(leader.deliver(appendedOf(1, term, 1, false)));
  return { leader, pieces };
}

function installs(effects: readonly Effect<RaftMessage>[]): Signed<InstallSnapshot>[] {
  return effectsIn(effects, "send").flatMap(({ signed }) => (signed.kind === "install-snapshot" ? [signed] : []));
}

/** A cluster one of whose followers slept while the others went on, with values large enough for several pieces. */
function sleeping(): { readonly cluster: CrashCluster<RaftMessage>; readonly sleeper: number } {
  const cluster = new CrashCluster(RAFT, {
    config: { checkpointInterval: 4, operationBytesMax: 65_536, batchBytesMax: 1 << 20 },
  });
  cluster.ask("set a 1");
  const sleeper = (cluster.leader() as number) === 2 ? 1 : 2;
  cluster.kill(sleeper);
  // More than the sixteen intervals that are kept for who is behind.
  for (let i = 0; i < 80; i++) cluster.ask(`set k${i % 48} ${"x".repeat(60_000)}`);
  return { cluster, sleeper };
}

describe("Raft §7: log compaction", () => {
  it("each K entries that were executed make a snapshot, which the records that still matter follow", () => {
    const follower = lone(1, { checkpointInterval: 2 });
    const effects = follower.deliver(appendOf(0, 1, [0, 0], of(1, "abc"), 2));
    const [stable] = effectsIn(effects, "checkpoint-stable");
    expect(stable).to.include({ seq: 2 });
    expect(effects.at(-1)?.kind).to.equal("checkpoint-stable");
    const again = follower.restarted();
    expect(again.status).to.deep.include({ lastExecuted: 2, lowWaterMark: 2, highWaterMark: 6, view: 1 });
    expect(again.status.slots.map(({ seq }) => seq)).to.deep.equal([3]);
    expect(again.status.checkpoint).to.deep.equal(follower.status.checkpoint);
  });

  it("the log does not grow: one interval below the snapshot stays for followers that are a little behind", () => {
    const leader = leading(0, { checkpointInterval: 4, clientWindow: 64 });
    for (let i = 1; i <= 50; i++) {
      leader.deliver(requestOf(`set k${i} 1`, 0, i));
      leader.deliver(appendedOf(1, 1, i + 1), appendedOf(2, 1, i + 1));
    }
    expect(leader.status.lastExecuted).to.equal(51);
    expect(leader.status.retained.slots).to.be.at.most(4 + 4 + 4);
    expect(leader.records.length).to.be.at.most(3 + 4 + 8);
  });

  it("for a follower that is away sixteen intervals stay, and no more", () => {
    const leader = leading(0, { checkpointInterval: 1, pipelineDepth: 2, clientWindow: 64 });
    for (let i = 1; i <= 50; i++) leader.deliver(requestOf(`set k${i} 1`, 0, i), appendedOf(1, 1, i + 1));
    expect(leader.status.lastExecuted).to.equal(51);
    expect(leader.status.retained.slots).to.be.within(16, 17);
    expect(leader.records.length).to.be.at.most(3 + 1 + 2);
  });

  it("the vote of this term survives the compaction of the log", () => {
    const follower = lone(1, { checkpointInterval: 2 });
    follower.deliver(appendOf(0, 1, [0, 0], of(1, "ab")));
    follower.fire("election");
    follower.deliver(appendOf(0, 2, [2, 1], [], 2));
    const again = follower.restarted();
    expect(again.status).to.include({ view: 2, lowWaterMark: 2 });
    expect(messagesIn(again.deliver(requestVoteOf(2, 2, [9, 1])), "vote")[0]?.granted).to.equal(false);
  });
});

describe("Raft §7: InstallSnapshot", () => {
  it("a follower that needs what was compacted is sent the snapshot instead", () => {
    const { pieces } = source();
    expect(pieces).to.have.length(1);
    expect(pieces[0]?.message).to.include({ term: 2, lastIncludedIndex: 4, lastIncludedTerm: 1, piece: 0, pieces: 1 });
  });

  it("a follower whose log conflicts where the leader's begins is sent it, too, and once", () => {
    const leader = lone(0, { checkpointInterval: 2 });
    leader.deliver(appendOf(2, 1, [0, 0], FOUR, 4));
    elect(leader);
    const probes = messagesIn(leader.deliver(appendedOf(1, 2, 3, false)), "append-entries");
    expect(probes.map(({ prevLogIndex }) => prevLogIndex as number)).to.deep.equal([2]);
    // Not even there: the two agree on nothing that is still in the log.
    expect(installs(leader.deliver(appendedOf(1, 2, 2, false)))).to.have.length(1);
    expect(installs(leader.deliver(appendedOf(1, 2, 2, false), appendedOf(1, 2, 1, false)))).to.deep.equal([]);
  });

  it("a follower that is down is sent no snapshot before it answers", () => {
    const leader = leading(0, { checkpointInterval: 1, pipelineDepth: 2, clientWindow: 64 });
    for (let i = 1; i <= 24; i++) leader.deliver(requestOf(`set k${i} 1`, 0, i), appendedOf(1, 1, i + 1));
    const beat = leader.fire("heartbeat");
    expect(installs(beat)).to.deep.equal([]);
    expect(messagesIn(beat, "append-entries").map(({ prevLogIndex }) => prevLogIndex as number)).to.deep.equal([25, 25]);
    expect(installs(leader.deliver(appendedOf(2, 1, 1, false)))).to.have.length(1);
  });

  it("it takes the state, writes it down before it says so, and goes on behind it", () => {
    const { leader, pieces } = source();
    const follower = lone(1, { checkpointInterval: 2 });
    const effects = follower.deliver(...pieces);
    const kinds = effects.map(({ kind }) => kind);
    expect(kinds.lastIndexOf("persist")).to.be.lessThan(kinds.indexOf("send"));
    expect(effectsIn(effects, "state-installed")).to.have.length(1);
    expect(effectsIn(effects, "checkpoint-stable").map(({ seq }) => seq as number)).to.deep.equal([4]);
    expect(follower.status.checkpoint).to.deep.equal(leader.status.checkpoint);
    const sent = effectsIn(leader.deliver(receivedOf(1, 2, 4, 1)), "send").find(({ to }) => to === 1);
    expect(executedIn(follower.deliver(sent?.signed as Signed<RaftMessage>))).to.deep.equal([]);
    expect(follower.status.slots.map(({ seq, view }) => [seq, view])).to.deep.equal([[5, 2]]);
  });

  it("entries behind a snapshot that is in its log stay (figure 13, step 6)", () => {
    const { pieces } = source();
    const follower = lone(1, { checkpointInterval: 2 });
    follower.deliver(appendOf(2, 1, [0, 0], [...FOUR, [1, "e"]], 1));
    follower.deliver(...pieces);
    expect(follower.status).to.include({ lastExecuted: 4 });
    expect(follower.status.slots.map(({ seq }) => seq)).to.deep.equal([5]);
  });

  it("entries that conflict with a snapshot go (figure 13, step 7)", () => {
    const follower = lone(1, { checkpointInterval: 2 });
    follower.deliver(appendOf(2, 2, [0, 0], of(2, "xyzvw")));
    follower.deliver(...source(3).pieces);
    expect(follower.status).to.include({ lastExecuted: 4 });
    expect(follower.status.slots).to.deep.equal([]);
  });

  it("an older snapshot than what it has executed changes nothing, and it says that it has all", () => {
    const { pieces } = source();
    const follower = lone(1, { checkpointInterval: 64 });
    follower.deliver(appendOf(2, 1, [0, 0], [...FOUR, [1, "e"]], 5));
    const effects = follower.deliver(...pieces);
    expect(effectsIn(effects, "persist")).to.have.length(1);
    expect(messagesIn(effects, "snapshot-received").map(({ next }) => next)).to.deep.equal([1]);
    expect(follower.status.lastExecuted).to.equal(5);
  });

  it("half a snapshot that is overtaken by executing is forgotten", () => {
    const follower = lone(1);
    follower.deliver(installOf(0, 1, { lastIncludedIndex: 2 as SeqNum, pieces: 3 }));
    expect(follower.status.transfer).to.deep.equal({ seq: 2, fetched: 1, missing: 2 });
    follower.deliver(appendOf(0, 1, [0, 0], of(1, "ab"), 2));
    expect(follower.status.transfer).to.equal(null);
  });

  it("several pieces: one at a time, each sent again until it is there, and a restart begins anew", () => {
    const { cluster, sleeper } = sleeping();
    const seen: number[] = [];
    let restarts = 0;
    let lost = 0;
    cluster.meddle = (envelope) => {
      const { message } = envelope.signed;
      if (message.kind !== "install-snapshot") return [envelope];
      expect(message.pieces).to.be.greaterThan(2);
      if (lost < 2) {
        lost += 1;
        return [];
      }
      seen.push(message.piece);
      if (message.piece === 1 && restarts === 0) {
        restarts += 1;
        cluster.after(0, () => {
          cluster.kill(sleeper);
          cluster.start(sleeper);
        });
      }
      return [envelope, envelope];
    };
    cluster.start(sleeper);
    cluster.runUntil(() => cluster.effectsOf(sleeper, "state-installed").length > 0);
    expect(restarts).to.equal(1);
    expect(seen.lastIndexOf(0)).to.be.greaterThan(seen.indexOf(1));
    const leader = cluster.leader() as number;
    cluster.runUntil(() => cluster.status(sleeper).lastExecuted === cluster.status(leader).lastExecuted);
    cluster.kill(sleeper);
    cluster.start(sleeper);
    expect(cluster.status(sleeper).lastExecuted).to.equal(cluster.status(leader).lastExecuted);
  });

  it("a follower whose disk is empty, though its leader knew it to be far, is caught up by the same leader", () => {
    const cluster = new CrashCluster(RAFT);
    for (let i = 0; i < 3; i++) cluster.ask(`set k${i} 1`);
    const follower = (cluster.leader() as number) === 2 ? 1 : 2;
    cluster.run(500);
    cluster.kill(follower);
    cluster.wipe(follower);
    cluster.start(follower);
    cluster.runUntil(
      () => cluster.status(follower).lastExecuted === cluster.status(cluster.leader() as number).lastExecuted,
      2000,
    );
  });
});
