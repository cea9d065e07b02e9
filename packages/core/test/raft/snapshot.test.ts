import type { Effect, Signed } from "@bft/core";
import { type InstallSnapshot, RAFT, type RaftMessage } from "@bft/core/raft";
import { expect } from "chai";
import { CrashCluster } from "../support/crash-cluster.js";
import { effectsIn, messagesIn } from "../support/crash-lone.js";
import {
  appendedOf,
  appendOf,
  droppedIn,
  elect,
  executedIn,
  leading,
  type LoneRaft,
  lone,
  receivedOf,
  requestOf,
  type TestEntry,
} from "./lone.js";

const FOUR: readonly TestEntry[] = [[1, "a"], [1, "b"], [1, "c"], [1, "d"]];

/** A leader of term 2 with a snapshot at index 4, and the pieces of that snapshot in order. */
function source(): { readonly leader: LoneRaft; readonly pieces: readonly Signed<InstallSnapshot>[] } {
  const leader = lone(0, { checkpointInterval: 2 });
  leader.deliver(appendOf(2, 1, [0, 0], FOUR, 4));
  elect(leader);
  const pieces = installs(leader.deliver(appendedOf(1, 2, 1, false)));
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
  for (let i = 0; i < 48; i++) cluster.ask(`set k${i} ${"x".repeat(60_000)}`);
  return { cluster, sleeper };
}

describe("Raft §7: log compaction", () => {
  it("each K entries that were executed make a snapshot, which the records that still matter follow", () => {
    const follower = lone(1, { checkpointInterval: 2 });
    const effects = follower.deliver(appendOf(0, 1, [0, 0], [[1, "a"], [1, "b"], [1, "c"]], 2));
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
      leader.deliver(appendedOf(1, 1, i + 1));
    }
    expect(leader.status.lastExecuted).to.equal(51);
    expect(leader.status.retained.slots).to.be.at.most(4 + 4 + 4);
    expect(leader.records.length).to.be.at.most(3 + 4 + 8);
  });

  it("the vote of this term survives the compaction of the log", () => {
    const follower = lone(1, { checkpointInterval: 2 });
    follower.deliver(appendOf(0, 1, [0, 0], [[1, "a"], [1, "b"]]));
    follower.fire("election");
    follower.deliver(appendOf(0, 2, [2, 1], [], 2));
    const candidate = follower.restarted();
    expect(candidate.status).to.include({ view: 2, lowWaterMark: 2 });
    const asked = { kind: "request-vote", term: 2, lastLogIndex: 9, lastLogTerm: 1 };
    expect(asked.term).to.equal(2);
    expect(messagesIn(candidate.deliver(appendOf(0, 1, [2, 1])), "appended")[0]).to.include({ success: false, term: 2 });
  });
});

describe("Raft §7: InstallSnapshot", () => {
  it("a follower that needs what was compacted is sent the snapshot instead", () => {
    const { pieces } = source();
    expect(pieces).to.have.length(1);
    expect(pieces[0]?.message).to.include({ term: 2, lastIncludedIndex: 4, lastIncludedTerm: 1, piece: 0, pieces: 1 });
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
    const { pieces } = source();
    const follower = lone(1, { checkpointInterval: 2 });
    follower.deliver(appendOf(2, 2, [0, 0], [[2, "x"], [2, "y"], [2, "z"], [2, "v"], [2, "w"]]));
    const signed = pieces[0] as Signed<InstallSnapshot>;
    follower.deliver(appendOf(0, 3, [0, 0]));
    expect(droppedIn(follower.deliver(signed))).to.deep.equal(["old-term"]);
    const later = lone(0, { checkpointInterval: 2 });
    later.deliver(appendOf(2, 1, [0, 0], FOUR, 4));
    for (let i = 0; i < 3; i++) elect(later);
    follower.deliver(...installs(later.deliver(appendedOf(1, later.status.view, 1, false))));
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
    cluster.runUntil(() => cluster.status(follower).lastExecuted === cluster.status(cluster.leader() as number).lastExecuted, 2000);
  });
});
