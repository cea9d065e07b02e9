import type { Effect } from "@bft/core";
import { RAFT, type RaftMessage } from "@bft/core/raft";
import { expect } from "chai";
import {
  appendedOf,
  appendOf,
  digestOf,
  elect,
  type LoneRaft,
  leading,
  lone,
  of,
  ports,
  requestOf,
  requestVoteOf,
} from "./lone.js";

/** What a replica says to others, as a trace tells it. */
function told(replica: LoneRaft, effects: readonly Effect<RaftMessage>[]): readonly object[] {
  return effects.flatMap((effect) => {
    const happening = RAFT.telling.ofEffect(effect, replica.config.self, 3);
    return happening?.kind === "sent" ? [{ to: happening.to, ...happening.statement }] : [];
  });
}

describe("what a trace tells of Raft", () => {
  it("a candidate, its leadership, and what it asks to append", () => {
    const replica = lone(0);
    const accept = { kind: "accept", view: 1, values: [{ seq: 1, digest: digestOf(null) }] };
    expect(RAFT.nullDigest(ports)).to.equal(digestOf(null));
    expect(told(replica, elect(replica))).to.deep.equal([
      { to: [1, 2], kind: "candidate", view: 1 },
      { to: [1], ...accept },
      { to: [2], ...accept },
    ]);
    replica.deliver(appendedOf(1, 1, 1), appendedOf(2, 1, 1));
    expect(told(replica, replica.fire("heartbeat"))).to.deep.equal([
      { to: [1], kind: "chosen", view: 1, upTo: 1 },
      { to: [2], kind: "chosen", view: 1, upTo: 1 },
    ]);
  });

  it("a vote with whom it is for, a refused one as something else", () => {
    const replica = lone(1);
    expect(told(replica, replica.deliver(requestVoteOf(2, 1), requestVoteOf(0, 1)))).to.deep.equal([
      { to: [2], kind: "promise", view: 1, candidate: 2, accepted: [] },
      { to: [0], kind: "other", message: "vote" },
    ]);
  });

  it("an acknowledgement with the value at its end; one that does not count, or without a value, as something else", () => {
    const replica = lone(1, { checkpointInterval: 2 });
    expect(told(replica, replica.deliver(appendOf(0, 1, [0, 0], of(1, "ab"))))).to.deep.equal([
      { to: [0], kind: "accepted", view: 1, seq: 2, digest: digestOf("b") },
    ]);
    expect(told(replica, replica.deliver(appendOf(0, 1, [9, 1])))).to.deep.equal([
      { to: [0], kind: "other", message: "appended" },
    ]);
    const forgetful = lone(1, {}, { state: null, records: [], lost: true });
    expect(told(forgetful, forgetful.deliver(appendOf(0, 1, [0, 0], of(1, "a"))))).to.deep.equal([
      { to: [0], kind: "other", message: "appended" },
    ]);
  });
});

describe("what a person sees of Raft", () => {
  it("who leads, what is in the log, who is known to have it, and what is executed", () => {
    const leader = leading(0);
    leader.deliver(requestOf("set a 1"), appendedOf(2, 1, 1));
    const [first, second] = leader.status.slots;
    expect(leader.status).to.include({ view: 1, primary: 0, isPrimary: true, lastExecuted: 1, quorum: 2, queued: 1 });
    expect(first).to.include({ seq: 1, view: 1, requests: 0, prePrepared: true, committed: true, executed: true });
    expect(first?.commits).to.deep.equal([0, 2]);
    expect(second).to.include({ seq: 2, requests: 1, operations: 1, committed: false, executed: false });
    expect(second?.commits).to.deep.equal([0]);
  });

  it("a follower knows of itself and its leader; nobody leads while a candidate waits", () => {
    const follower = lone(1);
    follower.deliver(appendOf(0, 1, [0, 0], of(1, "a")));
    expect(follower.status).to.include({ primary: 0, isPrimary: false });
    expect(follower.status.slots[0]?.commits).to.deep.equal([0, 1]);
    follower.fire("election");
    expect(follower.status).to.deep.include({ primary: null, viewChange: { view: 2, votes: [1] } });
  });
});
