import { type ClientId, clientPrincipal, type ReplicaId, replicaPrincipal, type SeqNum, type Signed, type View } from "@bft/core";
import {
  type Committed,
  claimOf,
  type DropReason,
  type FetchState,
  type PbftMessage,
  type Reply,
  type StateNodes,
  type Status,
} from "@bft/core/pbft";
import { expect } from "chai";
import { TestCluster } from "./support/cluster.js";
import {
  batchNamed,
  batchOf,
  byReplica,
  certificateOf,
  checkpointOf,
  commitOf,
  digestOf,
  newViewOf,
  ports,
  prePrepareOf,
  prepareOf,
  requestOf,
  signAs,
  slotOf,
  viewChangeOf,
} from "./support/forge.js";
import { droppedIn, Lone } from "./support/lone.js";

const batch = batchNamed("a");
const d = digestOf("d");
const changes = [0, 2, 3].map((id) => viewChangeOf(id, 1));
const lone = (self = 1, config = {}) => new Lone(self, config);
const after = (first: readonly Signed<PbftMessage>[], ...then: readonly Signed<PbftMessage>[]) => {
  const replica = lone();
  replica.deliver(...first);
  return droppedIn(replica.deliver(...then));
};
const status = byReplica<Status>(2, {
  kind: "status",
  view: 0 as View,
  inView: true,
  lastExecuted: 0 as SeqNum,
  stableSeq: 0 as SeqNum,
  abstainsUntil: 0 as SeqNum,
});
const reply = byReplica<Reply>(2, {
  kind: "reply",
  view: 0 as View,
  client: 0 as ClientId,
  timestamp: 1 as never,
  seq: 1 as SeqNum,
  ordered: true,
  results: [],
});
const committed = byReplica<Committed>(
  2,
  { kind: "committed", seq: 1 as SeqNum, commits: [0, 2, 3].map((id) => claimOf(commitOf(id, 0, 1, batch.digest))) },
  batch.bytes,
);
const prepared = [prePrepareOf(0, 1, batch), prepareOf(2, 0, 1, batch.digest)];
const isPrePrepare = (view: number, bytes: Uint8Array | null, digest = batch.digest) => ({
  ...prePrepareOf(view, 1, { ...batch, digest }),
  attachment: bytes,
});

/** What reaches each reason; the record makes the compiler say when one is missing. */
const REACHED: Record<DropReason, () => readonly DropReason[]> = {
  "not-from-a-replica": () => after([], signAs(clientPrincipal(0 as ClientId), prepareOf(2, 0, 1, d).message)),
  "not-from-the-client": () => after([], signAs(clientPrincipal(1 as ClientId), requestOf("x", 0).message)),
  "unknown-client": () => after([], requestOf("x", 2)),
  "not-for-a-replica": () => after([], reply),
  "own-message": () => after([], prepareOf(1, 0, 1, d)),
  relayed: () => droppedIn(lone().deliverVia(replicaPrincipal(3 as ReplicaId), prepareOf(2, 0, 1, d))),
  "request-too-large": () => after([], requestOf("x".repeat(2000))),
  "request-already-executed": () => after(slotOf(0, 1, batchOf(requestOf("x")), 1), requestOf("x")),
  "state-behind": () => {
    const before = new Lone(1);
    before.deliver(prePrepareOf(0, 1, batchNamed("a")), prepareOf(2, 0, 1, batchNamed("a").digest));
    const client = clientPrincipal(0 as ClientId);
    return droppedIn(before.restarted().deliver(signAs(client, { ...requestOf("get x").message, readOnly: true })));
  },
  "request-known": () => after([requestOf("x")], requestOf("x")),
  "client-window-full": () => {
    const replica = lone(1, { clientWindow: 1 });
    replica.deliver(requestOf("x", 0, 1));
    return droppedIn(replica.deliver(requestOf("x", 0, 2)));
  },
  "not-primary": () => droppedIn(lone().deliverVia(replicaPrincipal(2 as ReplicaId), requestOf("x"))),
  "view-old": () => {
    const replica = lone(2);
    replica.enter(1);
    return droppedIn(replica.deliver(prepareOf(3, 0, 1, d)));
  },
  "view-ahead": () => after([], prepareOf(2, 1, 1, d)),
  "view-change-in-progress": () => {
    const replica = lone(3);
    replica.deliver(viewChangeOf(0, 1), viewChangeOf(2, 1));
    return droppedIn(replica.deliver(prePrepareOf(1, 1, batch)));
  },
  "below-window": () => after([], prepareOf(2, 0, 0, d)),
  "above-window": () => after([], prepareOf(2, 0, 17, d)),
  "pre-prepare-not-from-primary": () => after([], prePrepareOf(0, 1, batch, 2)),
  "prepare-from-primary": () => after([], prepareOf(0, 0, 1, d)),
  duplicate: () => after([prepareOf(2, 0, 1, d)], prepareOf(2, 0, 1, d)),
  "already-prepared": () => after(prepared, prepareOf(3, 0, 1, batch.digest)),
  "already-committed": () =>
    after([...prepared, ...[0, 2].map((id) => commitOf(id, 0, 1, batch.digest))], commitOf(3, 0, 1, batch.digest)),
  "conflicting-vote": () => after([prepareOf(2, 0, 1, d)], prepareOf(2, 0, 1, batch.digest)),
  "batch-missing": () => after([], isPrePrepare(0, null)),
  "batch-digest-mismatch": () => after([], isPrePrepare(0, batchNamed("b").bytes)),
  "batch-malformed": () => after([], isPrePrepare(0, Uint8Array.of(1), ports.hash(Uint8Array.of(1)))),
  "batch-too-large": () => after([], isPrePrepare(0, new Uint8Array(1 << 20))),
  "batch-read-only": () => {
    const { message } = requestOf("x");
    const readOnly = signAs(clientPrincipal(0 as ClientId), { ...message, readOnly: true });
    return after([], prePrepareOf(0, 1, batchOf(readOnly)));
  },
  "request-signature-invalid": () => after([], prePrepareOf(0, 1, batchOf({ ...requestOf("x"), signature: new Uint8Array(64) }))),
  "not-a-checkpoint": () => after([], checkpointOf(2, 3, d)),
  "stable-checkpoint-bad-certificate": () =>
    after([], byReplica(2, { kind: "stable-checkpoint", checkpoints: [claimOf(checkpointOf(2, 8, d))] })),
  "view-change-bad-checkpoints": () => after([], viewChangeOf(2, 1, { stableSeq: 8 })),
  "view-change-bad-certificate": () => after([], viewChangeOf(2, 1, { prepared: [certificateOf(0, 1, d, [2])] })),
  "view-change-out-of-order": () => after([], viewChangeOf(2, 1, { prepared: [certificateOf(0, 99, d)] })),
  "new-view-not-from-primary": () => droppedIn(lone(2).deliver(newViewOf(1, changes, [], 3))),
  "new-view-not-a-quorum": () => droppedIn(lone(2).deliver(newViewOf(1, changes.slice(1), []))),
  "new-view-bad-view-change": () => droppedIn(lone(2).deliver(newViewOf(1, [...changes.slice(1), viewChangeOf(0, 2)], []))),
  "new-view-wrong-pre-prepares": () => droppedIn(lone(2).deliver(newViewOf(1, changes, [[1, d]]))),
  "budget-exceeded": () =>
    after(
      [],
      ...Array.from({ length: 200 }, () => byReplica<FetchState>(2, { kind: "fetch-state", seq: 0 as SeqNum, paths: [] })),
    ),
  "not-asked-for": () => after([], byReplica(2, { kind: "batch", seq: 1 as SeqNum, digest: d })),
  "status-answered-already": () => after([status], status),
  "committed-bad-certificate": () => after([], byReplica(2, { ...committed.message, commits: [] }, batch.bytes)),
  "node-digest-mismatch": () =>
    whileFetching(({ nodes }) => nodes.map(({ path }) => ({ path, bytes: Uint8Array.of(0x82, 0, 0x80) }))),
  "node-malformed": () => whileFetching(({ nodes }) => nodes.map(({ path }) => ({ path, bytes: Uint8Array.of(1) }))),
};

/** What a replica that fetches the state says to answers that were changed on the way. */
function whileFetching(change: (message: StateNodes) => StateNodes["nodes"]): readonly DropReason[] {
  const cluster = new TestCluster();
  cluster.kill(3);
  for (let i = 0; i < 24; i++) cluster.ask(`set k${i} 1`);
  cluster.meddle = (envelope) => {
    const { message } = envelope.signed;
    if (message.kind !== "state-nodes") return [envelope];
    return [
      { ...envelope, signed: byReplica(envelope.from.id, { ...message, nodes: change(message) }) as typeof envelope.signed },
    ];
  };
  cluster.start(3);
  cluster.run(2000);
  return droppedIn(cluster.effectsOf(3, "dropped"));
}

describe("every reason to drop a message is reached", () => {
  for (const [reason, reach] of Object.entries(REACHED))
    it(reason, () => {
      expect(reach()).to.include(reason);
    });

  it("what reasonToDrop says before the signature is checked, step says too", () => {
    const early: readonly Signed<PbftMessage>[] = [
      prepareOf(2, 0, 17, d),
      prepareOf(0, 0, 1, d),
      prepareOf(2, 1, 1, d),
      requestOf("x", 2),
      reply,
      prepareOf(1, 0, 1, d),
      checkpointOf(2, 3, d),
    ];
    for (const signed of early) {
      const replica = lone();
      const reason = replica.replica.reasonToDrop(signed.signer, signed.message);
      expect(reason).to.not.equal(null);
      expect(droppedIn(replica.deliver(signed))).to.deep.equal([reason]);
    }
  });

  it("reasonToDrop changes nothing: asked before and after, the answer is the same", () => {
    const replica = lone();
    const { signer, message } = prepareOf(2, 0, 1, d);
    expect([1, 2, 3].map(() => replica.replica.reasonToDrop(signer, message))).to.deep.equal([null, null, null]);
    replica.deliver(prepareOf(2, 0, 1, d));
    expect(replica.replica.reasonToDrop(signer, message)).to.equal("duplicate");
  });
});
