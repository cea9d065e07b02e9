import {
  type ClientId,
  clientPrincipal,
  encodeWire,
  INTEGER_MAX,
  type ReplicaId,
  replicaPrincipal,
  type SeqNum,
  type Signed,
  type Timestamp,
  type View,
  wireInteger,
} from "@bft/core";
import type { PaxosDropReason, PaxosMessage, Reply, SnapshotPart } from "@bft/core/multipaxos";
import { expect } from "chai";
import {
  acceptedOf,
  acceptOf,
  byReplica,
  chosenOf,
  droppedIn,
  executedIn,
  fetchOf,
  heartbeatOf,
  LonePaxos,
  messagesIn,
  prepareOf,
  promiseOf,
  refusedOf,
  requestOf,
  signAs,
  valueNamed,
  valueOfBytes,
} from "./lone.js";

const [a, b] = [valueNamed("a"), valueNamed("b")];
const ofTwo = { ...acceptOf(0, 1, a) };
const lone = (self = 1, config = {}) => new LonePaxos(self, config);
const after = (first: readonly Signed<PaxosMessage>[], ...then: readonly Signed<PaxosMessage>[]) => {
  const replica = lone();
  replica.deliver(...first);
  return droppedIn(replica.deliver(...then));
};
const ofLeader = (first: readonly Signed<PaxosMessage>[], ...then: readonly Signed<PaxosMessage>[]) => {
  const replica = lone(0);
  replica.deliver(...first);
  return droppedIn(replica.deliver(...then));
};
const ofCandidate = (...then: readonly Signed<PaxosMessage>[]) => {
  const replica = lone();
  replica.fire("silence");
  return droppedIn(replica.deliver(...then));
};
/** A learner that has asked replica 0 for what it lacks. */
const ofAsker = (...then: readonly Signed<PaxosMessage>[]) => {
  const replica = lone();
  replica.deliver(heartbeatOf(0, 100));
  for (let tick = 0; tick < 2; tick++) replica.fire("tick");
  return droppedIn(replica.deliver(...then));
};
const reply = byReplica<Reply>(2, {
  kind: "reply",
  view: 0 as View,
  client: 0 as ClientId,
  timestamp: 1 as Timestamp,
  seq: 1 as SeqNum,
  ordered: true,
  results: [],
});
const part = (parts: Partial<SnapshotPart>, from = 0) =>
  byReplica<SnapshotPart>(from, {
    kind: "snapshot",
    seq: 8 as SeqNum,
    stateDigest: a.digest,
    part: 0,
    last: true,
    leaves: [],
    ...parts,
  });
const request = requestOf("set x 1");
const readOnly = signAs(clientPrincipal(0 as ClientId), { ...request.message, readOnly: true });

/** What reaches each reason; the record makes the compiler say when one is missing. */
const REACHED: Record<PaxosDropReason, () => readonly PaxosDropReason[]> = {
  "not-from-the-client": () => after([], signAs(clientPrincipal(1 as ClientId), request.message)),
  "unknown-client": () => after([], requestOf("x", 2)),
  "request-too-large": () => after([], requestOf("x".repeat(2000))),
  "reads-are-ordered": () => after([], readOnly),
  "request-already-executed": () => after([acceptOf(0, 1, a, 1)], request),
  "request-known": () => ofLeader([request], request),
  "client-window-full": () => {
    const leader = lone(0, { clientWindow: 1, pipelineDepth: 1 });
    leader.deliver(requestOf("x", 0, 1));
    return droppedIn(leader.deliver(requestOf("x", 0, 2)));
  },
  "not-leader": () => droppedIn(lone().deliverVia(replicaPrincipal(2 as ReplicaId), request)),
  "not-from-a-replica": () => after([], signAs(clientPrincipal(0 as ClientId), ofTwo.message)),
  "not-for-a-replica": () => after([], reply),
  "own-message": () => after([], prepareOf(1)),
  relayed: () => droppedIn(lone().deliverVia(replicaPrincipal(2 as ReplicaId), ofTwo)),
  "budget-exceeded": () => after(Array<Signed<PaxosMessage>>(64).fill(fetchOf(2, 1)), fetchOf(2, 1)),
  "ballot-not-of-sender": () => after([], prepareOf(5, 1, 0)),
  "ballot-old": () => after([prepareOf(5)], heartbeatOf(0, 0)),
  abstaining: () => droppedIn(new LonePaxos(1, {}, { state: null, records: [], lost: true }).deliver(refusedOf(2, 0, 5))),
  "not-a-candidate": () => after([], promiseOf(2, 1)),
  "promise-out-of-turn": () => ofCandidate(promiseOf(2, 1, [], { from: 2 })),
  "promise-malformed": () => ofCandidate(promiseOf(2, 1, [], { complete: false })),
  "below-window": () => after([acceptOf(0, 1, a)], acceptOf(0, 0, b)),
  "above-window": () => after([], acceptOf(0, 17, a)),
  "value-missing": () => after([], { ...ofTwo, attachment: null }),
  "value-too-large": () => after([], acceptOf(0, 1, valueOfBytes(new Uint8Array(1 << 20)))),
  "value-digest-mismatch": () => after([], { ...ofTwo, attachment: b.bytes }),
  "value-malformed": () => after([], acceptOf(0, 1, valueOfBytes(Uint8Array.of(1)))),
  "second-value": () => after([ofTwo], acceptOf(0, 1, b)),
  "contradicts-chosen": () => after([acceptOf(0, 1, a, 1)], acceptOf(2, 1, b)),
  "not-leading": () => after([], acceptedOf(2, 1, 1, a)),
  "accepted-another-value": () => ofLeader([request], acceptedOf(1, 0, 1, b)),
  duplicate: () => after([ofTwo], ofTwo),
  "already-executed": () => ofAsker(chosenOf(0, 0, a)),
  "not-asked-for": () => after([], chosenOf(2, 1, a)),
  "nothing-to-tell": () => after([], fetchOf(2, 1)),
  "snapshot-too-large": () => ofAsker(part({ part: 4096 })),
  "snapshot-malformed": () => ofAsker(part({ leaves: [Uint8Array.of(1)] })),
  "snapshot-digest-mismatch": () => ofAsker(part({})),
};

describe("Multi-Paxos refuses with a reason, and changes nothing", () => {
  for (const [reason, reach] of Object.entries(REACHED))
    it(reason, () => {
      expect(reach()).to.deep.equal([reason]);
    });

  it("a value that contradicts what is known to be chosen is refused in whatever way it comes", () => {
    const learner = lone();
    learner.deliver(acceptOf(0, 1, a, 1), heartbeatOf(0, 5));
    expect(droppedIn(learner.deliver(acceptOf(2, 1, b, 1)))).to.deep.equal(["contradicts-chosen"]);
    expect(learner.status.slots[0]).to.include({ digest: a.digest, view: 0 });
    const asker = lone();
    asker.deliver(heartbeatOf(0, 100));
    for (let tick = 0; tick < 2; tick++) asker.fire("tick");
    asker.deliver(chosenOf(0, 2, a));
    expect(droppedIn(asker.deliver(chosenOf(0, 2, b)))).to.deep.equal(["contradicts-chosen"]);
    expect(droppedIn(asker.deliver(chosenOf(0, 2, a)))).to.deep.equal(["duplicate"]);
  });

  it("of two values of one leader for one instance in one ballot the first counts", () => {
    const learner = lone();
    expect(droppedIn(learner.deliver(acceptOf(0, 1, a), acceptOf(0, 1, b)))).to.deep.equal(["second-value"]);
    expect(executedIn(learner.deliver(heartbeatOf(0, 1)))[0]?.digest).to.equal(a.digest);
  });

  for (const [name, promise] of [
    [
      "out of order",
      promiseOf(2, 1, [
        [2, 0, a],
        [1, 0, a],
      ]),
    ],
    [
      "twice",
      promiseOf(2, 1, [
        [1, 0, a],
        [1, 0, b],
      ]),
    ],
    ["below what was asked for", promiseOf(2, 1, [[0, 0, a]])],
    ["in what the acceptor has forgotten", promiseOf(2, 1, [[3, 0, a]], { low: 3 })],
    ["beyond what an acceptor keeps", promiseOf(2, 1, [[153, 0, a]])],
    ["with another digest", promiseOf(2, 1, [[1, 0, { ...a, digest: b.digest }]])],
    ["that is no value", promiseOf(2, 1, [[1, 0, valueOfBytes(Uint8Array.of(1))]])],
    ["of a client that does not exist", promiseOf(2, 1, [[1, 0, valueNamed("x", 1, 7)]])],
  ] as const)
    it(`a promise with a proposal ${name} is malformed`, () => {
      expect(ofCandidate(promise)).to.deep.equal(["promise-malformed"]);
    });

  it("snapshot parts out of turn are refused", () => {
    const replica = lone();
    replica.deliver(heartbeatOf(0, 100));
    for (let tick = 0; tick < 2; tick++) replica.fire("tick");
    expect(droppedIn(replica.deliver(part({ part: 1 })))).to.deep.equal(["not-asked-for"]);
    expect(droppedIn(replica.deliver(part({ last: false })))).to.deep.equal([]);
    expect(droppedIn(replica.deliver(part({ last: false })))).to.deep.equal(["duplicate"]);
    expect(droppedIn(replica.deliver(part({ part: 2, last: false })))).to.deep.equal(["duplicate"]);
    expect(droppedIn(replica.deliver(part({ part: 1 }, 2)))).to.deep.equal(["not-asked-for"]);
    expect(droppedIn(replica.deliver(part({ seq: 9 as SeqNum, part: 1 })))).to.deep.equal(["not-asked-for"]);
    expect(droppedIn(replica.deliver(part({ seq: 9 as SeqNum, last: false }))), "its source begins anew").to.deep.equal([]);
  });

  it("the highest numbers there are do no harm, and when ballots run out nobody leads and nothing throws", () => {
    const last = INTEGER_MAX - (INTEGER_MAX % 3);
    for (const message of [
      prepareOf(last + 1, INTEGER_MAX),
      heartbeatOf(last, INTEGER_MAX),
      refusedOf(2, 0, INTEGER_MAX, INTEGER_MAX),
    ]) {
      const replica = lone();
      replica.deliver(acceptOf(0, 1, a), message);
      for (let round = 0; round < 20; round++) {
        replica.fire("silence");
        replica.fire("tick");
        replica.deliver(acceptOf(2, INTEGER_MAX, b), acceptedOf(2, INTEGER_MAX, INTEGER_MAX, a), promiseOf(2, INTEGER_MAX));
        replica.deliver(fetchOf(2, INTEGER_MAX), requestOf("set x 1"), prepareOf(last));
      }
      for (const { ballot } of replica.said("prepare")) expect(ballot).to.be.at.most(INTEGER_MAX);
      expect(replica.restarted().status.view).to.equal(replica.status.view);
    }
  });

  it("a snapshot at the end of all numbers is refused, and instances end with the numbers", () => {
    expect(ofAsker(part({ seq: INTEGER_MAX as SeqNum }))).to.deep.equal(["snapshot-malformed"]);
    const at = INTEGER_MAX - 16;
    const replica = new LonePaxos(0, {}, { state: { seq: at as SeqNum, root: null }, records: [], lost: false });
    replica.fire("silence");
    replica.deliver(promiseOf(1, 3, [], { from: at + 1 }));
    for (let timestamp = 1; timestamp <= 20; timestamp++)
      for (const { seq, digest } of messagesIn(replica.deliver(requestOf("set x 1", 0, timestamp)), "accept"))
        replica.deliver(byReplica(1, { kind: "accepted", ballot: 3 as View, seq, digest }));
    expect(replica.status.lastExecuted).to.equal(INTEGER_MAX);
    expect(replica.said("accept").map(({ seq }) => seq as number)).to.satisfy((seqs: number[]) =>
      seqs.every(Number.isSafeInteger),
    );
  });

  it("what a peer sends is kept within bounds", () => {
    const replica = lone(1, { checkpointInterval: 4, clientWindow: 2 });
    replica.deliver(heartbeatOf(0, 1_000_000));
    for (let tick = 0; tick < 2; tick++) replica.fire("tick");
    for (let seq = 0; seq < 100; seq++) {
      const value = valueOfBytes(encodeWire([[0, wireInteger(1 + seq), ["set x 1"]]]));
      replica.deliver(chosenOf(0, seq, value), acceptOf(3, 5 + seq, value), requestOf("set x 1", 0, 1 + seq));
      for (let ballot = 5; ballot < 11; ballot += 3) replica.deliver(prepareOf(ballot, seq), fetchOf(2, seq));
    }
    const { retained } = replica.status;
    // Seventeen intervals for who is behind, and the window of two.
    const kept = 19 * 4;
    expect(retained.slots).to.be.at.most(kept);
    expect(retained.batches).to.be.at.most(2 * kept);
    expect(retained.votes).to.be.at.most(3 * kept);
    expect(retained.snapshots).to.be.at.most(3);
  });
});
