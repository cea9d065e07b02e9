import {
  type ClientId,
  clientPrincipal,
  type Digest,
  INTEGER_MAX,
  type ReplicaId,
  replicaPrincipal,
  type SeqNum,
  type Signed,
  type Timestamp,
  type View,
} from "@bft/core";
import { type AppendEntries, type Appended, RAFT, type RaftDropReason, type RaftMessage, raftCodec } from "@bft/core/raft";
import { expect } from "chai";
import { Random } from "../support/random.js";
import {
  appendedOf,
  appendOf,
  byReplica,
  droppedIn,
  executedIn,
  installOf,
  leading,
  logOf,
  lone,
  of,
  ports,
  receivedOf,
  requestOf,
  requestVoteOf,
  signAs,
  type TestEntry,
  voteOf,
} from "./lone.js";

const MAX = INTEGER_MAX;
const after = (first: readonly Signed<RaftMessage>[], ...then: readonly Signed<RaftMessage>[]) => {
  const replica = lone(1);
  replica.deliver(...first);
  return droppedIn(replica.deliver(...then));
};
const ofLeader = (...messages: readonly Signed<RaftMessage>[]) => droppedIn(leading(0).deliver(...messages));
const committed = appendOf(0, 1, [0, 0], of(1, "ab"), 2);
const changed = (change: (message: AppendEntries) => AppendEntries) =>
  byReplica<AppendEntries>(0, change(appendOf(0, 1, [0, 0], of(1, "a")).message));
const withValue = (value: Uint8Array, digest = ports.hash(value)) =>
  changed((message) => ({ ...message, entries: [{ term: 1 as View, digest, value }] }));
const reply = byReplica(2, {
  kind: "reply",
  view: 0 as View,
  client: 0 as ClientId,
  timestamp: 1 as Timestamp,
  seq: 1 as SeqNum,
  ordered: true,
  results: [],
} as const);

/** What reaches each reason; the record makes the compiler say when one is missing. */
const REACHED: Record<RaftDropReason, () => readonly RaftDropReason[]> = {
  "not-from-the-client": () => after([], signAs(clientPrincipal(1 as ClientId), requestOf("x", 0).message)),
  "unknown-client": () => after([], requestOf("x", 2)),
  "request-too-large": () => after([], requestOf("x".repeat(2000))),
  "reads-are-ordered": () => after([], signAs(clientPrincipal(0 as ClientId), { ...requestOf("get x").message, readOnly: true })),
  "request-already-executed": () => {
    const leader = leading(0);
    leader.deliver(requestOf("set a 1"), appendedOf(1, 1, 2));
    return droppedIn(leader.deliver(requestOf("set a 1")));
  },
  "request-known": () => ofLeader(requestOf("x"), requestOf("x")),
  "client-window-full": () => {
    const leader = leading(0, { clientWindow: 1, pipelineDepth: 1 });
    return droppedIn(leader.deliver(requestOf("x", 0, 1), requestOf("x", 0, 2)));
  },
  "not-leader": () => after([], requestOf("x")),
  "not-from-a-replica": () => after([], signAs(clientPrincipal(0 as ClientId), voteOf(0, 1).message)),
  "own-message": () => after([], voteOf(1, 1)),
  relayed: () => droppedIn(lone(1).deliverVia(replicaPrincipal(2 as ReplicaId), requestVoteOf(0, 1))),
  "not-for-a-replica": () => after([], reply),
  "old-term": () => after([requestVoteOf(0, 3)], appendOf(2, 2, [0, 0])),
  "not-asked-for": () => after([], voteOf(0, 0)),
  "second-leader": () => after([appendOf(0, 1, [0, 0])], appendOf(2, 1, [0, 0])),
  "conflicts-with-committed": () => after([committed], appendOf(2, 2, [0, 0], [[2, "x"]])),
  "value-malformed": () => after([], withValue(Uint8Array.of(1))),
  "entry-of-later-term": () => after([], appendOf(0, 1, [0, 0], [[2, "a"]])),
  "beyond-window": () => after([], appendOf(0, 1, [MAX - 1, 1], of(1, "a"))),
  "beyond-log": () => ofLeader(appendedOf(1, 1, 2)),
  "snapshot-malformed": () => after([], installOf(0, 1, { leaves: [Uint8Array.of(1)] })),
  "snapshot-digest-mismatch": () => after([], installOf(0, 1)),
};

describe("Raft: every reason to drop a message is reached", () => {
  for (const [reason, reach] of Object.entries(REACHED))
    it(reason, () => {
      expect(reach()).to.include(reason);
    });

  it("what reasonToDrop says before the signature is checked, step says too", () => {
    for (const signed of [requestOf("x", 2), reply, voteOf(1, 1), byReplica(7, voteOf(2, 1).message)]) {
      const replica = lone(1);
      const reason = replica.replica.reasonToDrop(signed.signer, signed.message);
      expect(reason).to.not.equal(null);
      expect(droppedIn(replica.deliver(signed))).to.deep.equal([reason]);
    }
  });
});

describe("Raft: what no correct leader sends changes nothing", () => {
  const refused: readonly (readonly [string, Signed<RaftMessage>])[] = [
    ["another entry where one is committed", appendOf(2, 2, [0, 0], of(2, "xy"))],
    ["another term before its entries where one is committed", appendOf(2, 2, [2, 2], [[2, "x"]])],
    ["an entry of a term to come", appendOf(2, 2, [2, 1], [[9, "x"]])],
    ["a value that does not have its digest", withValue(Uint8Array.of(0x80), "0".repeat(64) as Digest)],
    ["an index so high that numbers end", appendOf(2, 2, [MAX, MAX], [], MAX)],
    ["a snapshot so far ahead that numbers end", installOf(2, 2, { lastIncludedIndex: MAX as SeqNum })],
    ["a snapshot of a term to come", installOf(2, 2, { lastIncludedTerm: 9 as View })],
    ["a snapshot without its state", installOf(2, 2)],
  ];
  for (const [title, signed] of refused)
    it(title, () => {
      const replica = lone(1);
      replica.deliver(committed);
      const before = logOf(replica);
      const effects = replica.deliver(signed);
      expect(droppedIn(effects)).to.have.length(1);
      expect(executedIn(effects)).to.deep.equal([]);
      expect(logOf(replica)).to.deep.equal(before);
      expect(executedIn(replica.deliver(appendOf(0, 3, [2, 1], [[3, "z"]], 3)))).to.deep.equal([[3, 3]]);
    });

  it("a leader far ahead of its commits can not make a log grow without bound", () => {
    const replica = lone(1, { checkpointInterval: 2 });
    let refusals = 0;
    for (let index = 0; index < 3000; index++)
      refusals += droppedIn(replica.deliver(appendOf(0, 1, [index, index === 0 ? 0 : 1], [[1, null]]))).length;
    expect(refusals).to.be.greaterThan(1000);
    expect(replica.status.retained.slots).to.be.at.most(4 * 4 + 1024);
  });

  it("an acknowledgement of an index that is compacted, or of none, is no lie: its digest is null, and is read so", () => {
    const message = appendedOf(1, 1, 0).message;
    const decoded = raftCodec.decode(raftCodec.encode(message));
    expect(decoded).to.deep.equal({ ok: true, message });
    const wrong = raftCodec.encode({ ...message, digest: "00" as Digest } as Appended);
    expect(raftCodec.decode(wrong).ok).to.equal(false);
  });

  it("a few thousand messages of nonsense: no throw, and no number breaks", () => {
    const random = new Random(5);
    const number = () => random.pick([0, 1, 2, 3, 4, 5, 8, 9, 100, 2 ** 32, MAX - 1, MAX]);
    const some = (sender: number): Signed<RaftMessage> => {
      const term = random.pick([1, 2, 3, number()]);
      const entries = Array.from(
        { length: random.below(4) },
        (): TestEntry => [random.pick([1, 2, term]), random.pick(["a", "b", null])],
      );
      return random.pick([
        () => requestVoteOf(sender, term, [number(), number()]),
        () => voteOf(sender, term, random.chance(0.5)),
        () => appendOf(sender, term, [number(), number()], entries, number()),
        () => appendOf(sender, term, [random.below(5), random.below(3)], entries, number()),
        () => appendedOf(sender, term, number(), random.chance(0.5), random.chance(0.9)),
        () =>
          installOf(sender, term, {
            lastIncludedIndex: number() as SeqNum,
            lastIncludedTerm: number() as View,
            piece: random.below(3),
            pieces: random.below(3),
          }),
        () => receivedOf(sender, term, number(), random.pick([0, 1, 4096])),
        () => requestOf("set a 1", 0, random.below(9) + 1),
      ])();
    };
    for (let run = 0; run < 100; run++) {
      const replica = run % 2 === 0 ? lone(1, { checkpointInterval: 2 }) : leading(1, { checkpointInterval: 2 });
      for (let i = 0; i < 60; i++) {
        replica.deliver(some(random.pick([0, 2])));
        if (random.chance(0.1)) replica.fire(random.pick(["election", "heartbeat"]));
      }
      const { view, lastExecuted, highWaterMark } = replica.status;
      expect([view, lastExecuted, highWaterMark].every(Number.isSafeInteger)).to.equal(true);
      expect(replica.restarted().status).to.include({ view, lastExecuted });
    }
  });
});

describe("Raft: what its clients may ask of it", () => {
  it("reads are ordered: fast ones are refused with a sentence", () => {
    const system = RAFT.quorums(3, 1);
    expect(RAFT.clientRules(system, "ordered")).to.deep.equal({ answers: 1, liars: 0, asks: "who-answered" });
    expect(() => RAFT.clientRules(system, "fast")).to.throw(RangeError, "Raft orders its reads");
  });
});
