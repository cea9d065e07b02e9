import type { SeqNum, Signed } from "@bft/core";
import type { DropReason, PbftMessage, PreparedCertificate } from "@bft/core/pbft";
import { type Committed, claimOf, type StableCheckpointMessage } from "@bft/core/pbft";
import { expect } from "chai";
import {
  batchNamed,
  byReplica,
  certificateOf,
  checkpointOf,
  commitOf,
  digestOf,
  NULL_DIGEST,
  newViewOf,
  prepareOf,
  type ViewChangeParts,
  viewChangeOf,
} from "./support/forge.js";
import { droppedIn, Lone } from "./support/lone.js";

const d = digestOf("d");
const state = digestOf("state");
const good = certificateOf(0, 9, d);
const C = [0, 1, 2].map((id) => checkpointOf(id, 8, state));
const forged = <M extends Signed>(signed: M): M => ({ ...signed, signature: signed.signature.map((byte) => byte ^ 1) });

/** What a replica that got this view-change for view 1 says to it. */
const verdict = (parts: ViewChangeParts, newView = 1, from = 2) =>
  droppedIn(new Lone(3).deliver(viewChangeOf(from, newView, parts)))[0] ?? null;
const withCertificate = (certificate: PreparedCertificate) => verdict({ stableSeq: 8, checkpoints: C, prepared: [certificate] });

describe("§4.4: a view-change is accepted only with proof", () => {
  const accepted: readonly (readonly [title: string, parts: ViewChangeParts])[] = [
    ["of the initial state, with nothing prepared", {}],
    ["C with a quorum", { stableSeq: 8, checkpoints: C }],
    ["C with more than a quorum", { stableSeq: 8, checkpoints: [...C, checkpointOf(3, 8, state)] }],
    ["P with a certificate", { stableSeq: 8, checkpoints: C, prepared: [good] }],
    ["P with all backups in it", { prepared: [certificateOf(0, 1, d, [1, 2, 3])] }],
    ["P with gaps, in order", { prepared: [1, 5, 16].map((seq) => certificateOf(0, seq, d)) }],
  ];
  for (const [title, parts] of accepted)
    it(`accepted: ${title}`, () => {
      expect(verdict(parts)).to.equal(null);
    });

  const refused: readonly (readonly [reason: DropReason, title: string, parts: ViewChangeParts])[] = [
    ["view-change-bad-checkpoints", "C where none belongs", { stableSeq: 0, checkpoints: C }],
    ["view-change-bad-checkpoints", "no C", { stableSeq: 8 }],
    ["view-change-bad-checkpoints", "C with f+1", { stableSeq: 8, checkpoints: C.slice(1) }],
    [
      "view-change-bad-checkpoints",
      "C with one signer twice",
      { stableSeq: 8, checkpoints: [...C.slice(1), checkpointOf(2, 8, state)] },
    ],
    ["view-change-bad-checkpoints", "C for another sequence number", { stableSeq: 16, checkpoints: C }],
    [
      "view-change-bad-checkpoints",
      "C of two sequence numbers",
      { stableSeq: 8, checkpoints: [...C.slice(1), checkpointOf(0, 16, state)] },
    ],
    ["view-change-bad-checkpoints", "C of two digests", { stableSeq: 8, checkpoints: [...C.slice(1), checkpointOf(0, 8, d)] }],
    [
      "view-change-bad-checkpoints",
      "C with a forged signature",
      { stableSeq: 8, checkpoints: [...C.slice(1), forged(checkpointOf(0, 8, state))] },
    ],
    [
      "view-change-bad-checkpoints",
      "C with an unknown signer",
      { stableSeq: 8, checkpoints: [...C.slice(1), checkpointOf(4, 8, state)] },
    ],
    [
      "view-change-out-of-order",
      "P below the stable checkpoint",
      { stableSeq: 8, checkpoints: C, prepared: [certificateOf(0, 8, d)] },
    ],
    ["view-change-out-of-order", "P above the window", { stableSeq: 8, checkpoints: C, prepared: [certificateOf(0, 25, d)] }],
    ["view-change-out-of-order", "P not in order", { prepared: [certificateOf(0, 2, d), certificateOf(0, 1, d)] }],
    [
      "view-change-out-of-order",
      "P with one number twice",
      { prepared: [certificateOf(0, 1, d), certificateOf(0, 1, digestOf("e"))] },
    ],
    ["view-change-bad-certificate", "P of the view that is asked for", { prepared: [certificateOf(1, 1, d)] }],
    ["view-change-bad-certificate", "P of a later view", { prepared: [certificateOf(5, 1, d)] }],
  ];
  for (const [reason, title, parts] of refused)
    it(`${reason}: ${title}`, () => {
      expect(verdict(parts)).to.equal(reason);
    });

  const bad: readonly (readonly [title: string, certificate: PreparedCertificate])[] = [
    ["too few prepares", { ...good, prepares: good.prepares.slice(1) }],
    ["one backup twice", { ...good, prepares: [prepareOf(1, 0, 9, d), prepareOf(1, 0, 9, d)] }],
    ["the primary among the prepares", { ...good, prepares: [prepareOf(0, 0, 9, d), prepareOf(1, 0, 9, d)] }],
    ["a pre-prepare that is not the primary's", { ...good, prePrepare: byReplica(1, good.prePrepare.message) }],
    ["a prepare for another digest", { ...good, prepares: [prepareOf(1, 0, 9, d), prepareOf(2, 0, 9, state)] }],
    ["a prepare of another view", { ...good, prepares: [prepareOf(1, 0, 9, d), prepareOf(2, 4, 9, d)] }],
    ["a prepare for another sequence number", { ...good, prepares: [prepareOf(1, 0, 9, d), prepareOf(2, 0, 10, d)] }],
    ["a forged pre-prepare", { ...good, prePrepare: forged(good.prePrepare) }],
    ["a forged prepare", { ...good, prepares: [prepareOf(1, 0, 9, d), forged(prepareOf(2, 0, 9, d))] }],
    [
      "a prepare by one signed in another's name",
      { ...good, prepares: [prepareOf(1, 0, 9, d), { ...prepareOf(3, 0, 9, d), signer: prepareOf(2, 0, 9, d).signer }] },
    ],
    ["an unknown signer", { ...good, prepares: [prepareOf(1, 0, 9, d), prepareOf(4, 0, 9, d)] }],
  ];
  for (const [title, certificate] of bad)
    it(`view-change-bad-certificate: ${title}`, () => {
      expect(withCertificate(certificate)).to.equal("view-change-bad-certificate");
    });

  it("n = 5, f = 1: a certificate takes four, not 2f+1", () => {
    const check = (backups: readonly number[]) =>
      droppedIn(new Lone(3, { replicas: 5 }).deliver(viewChangeOf(2, 1, { prepared: [certificateOf(0, 1, d, backups, 5)] })));
    expect(check([1, 2])).to.deep.equal(["view-change-bad-certificate"]);
    expect(check([1, 2, 4])).to.deep.equal([]);
  });
});

describe("§4.4: a new-view is accepted only with a right V and O", () => {
  const V = [0, 2, 3].map((id) =>
    viewChangeOf(id, 1, id === 0 ? { stableSeq: 8, checkpoints: C, prepared: [certificateOf(0, 10, d)] } : {}),
  );
  const O = [
    [9, NULL_DIGEST],
    [10, d],
  ] as const;
  const verdictOn = (...messages: readonly Signed<PbftMessage>[]) => droppedIn(new Lone(3).deliver(...messages))[0] ?? null;

  it("accepted: V is a quorum, O is what follows from it", () => {
    expect(verdictOn(newViewOf(1, V, O))).to.equal(null);
  });

  it("new-view-not-from-primary", () => {
    expect(verdictOn(newViewOf(1, V, O, 2))).to.equal("new-view-not-from-primary");
  });

  const [zero, two, three] = V as [(typeof V)[number], (typeof V)[number], (typeof V)[number]];
  const badV: readonly (readonly [reason: DropReason, title: string, V: typeof V])[] = [
    ["new-view-not-a-quorum", "too few", [zero, two]],
    ["new-view-not-a-quorum", "one replica twice", [zero, two, two]],
    ["new-view-not-a-quorum", "a quorum and one of it again", [zero, two, three, three]],
    ["new-view-bad-view-change", "one for another view", [zero, two, viewChangeOf(3, 2)]],
    ["new-view-bad-view-change", "a forged one", [zero, two, forged(three)]],
    ["new-view-bad-view-change", "one of nobody", [zero, two, viewChangeOf(4, 1)]],
    [
      "new-view-bad-view-change",
      "one with a bad certificate",
      [zero, two, viewChangeOf(3, 1, { prepared: [{ ...good, prepares: [] }] })],
    ],
    ["new-view-bad-view-change", "one with bad checkpoints", [zero, two, viewChangeOf(3, 1, { stableSeq: 16, checkpoints: C })]],
  ];
  for (const [reason, title, changes] of badV)
    it(`${reason}: V with ${title}`, () => {
      expect(verdictOn(newViewOf(1, changes, O))).to.equal(reason);
    });

  const badO: readonly (readonly [title: string, O: readonly (readonly [number, typeof d])[]])[] = [
    ["one left out", [[9, NULL_DIGEST]]],
    ["the prepared one left out", [[10, d]]],
    ["nothing", []],
    ["one too many", [...O, [11, state]]],
    [
      "another digest for a prepared one",
      [
        [9, NULL_DIGEST],
        [10, state],
      ],
    ],
    [
      "a request in a gap",
      [
        [9, state],
        [10, d],
      ],
    ],
    [
      "a null request for a prepared one",
      [
        [9, NULL_DIGEST],
        [10, NULL_DIGEST],
      ],
    ],
    [
      "another order",
      [
        [10, d],
        [9, NULL_DIGEST],
      ],
    ],
    [
      "one twice",
      [
        [9, NULL_DIGEST],
        [9, NULL_DIGEST],
      ],
    ],
    [
      "one below min-s",
      [
        [8, NULL_DIGEST],
        [9, NULL_DIGEST],
        [10, d],
      ],
    ],
  ];
  for (const [title, order] of badO)
    it(`new-view-wrong-pre-prepares: O with ${title}`, () => {
      expect(verdictOn(newViewOf(1, V, order))).to.equal("new-view-wrong-pre-prepares");
    });

  it("new-view-wrong-pre-prepares: O signed by somebody else, for another view, or forged", () => {
    const { message } = newViewOf(1, V, O);
    const [first, second] = message.prePrepares as [(typeof message.prePrepares)[number], (typeof message.prePrepares)[number]];
    const replaced = [
      claimOf(byReplica(2, first.message)),
      claimOf(byReplica(1, { ...first.message, view: 5 as typeof first.message.view })),
      { ...first, signature: second.signature },
    ];
    for (const each of replaced)
      expect(verdictOn(byReplica(1, { ...message, prePrepares: [each, second] }))).to.equal("new-view-wrong-pre-prepares");
  });

  it("a view-change that was checked before is not taken for another of the same replica", () => {
    const lie = forged(viewChangeOf(0, 1, { prepared: [certificateOf(0, 1, d)] }));
    const lone = new Lone(3);
    lone.deliver(zero);
    expect(droppedIn(lone.deliver(newViewOf(1, [lie, two, three], [[1, d]])))).to.deep.equal(["new-view-bad-view-change"]);
  });
});

describe("proofs of commitment and of stable checkpoints", () => {
  const batch = batchNamed("a");
  const proof = (commits: readonly Signed<ReturnType<typeof commitOf>["message"]>[], seq = 1) =>
    byReplica<Committed>(2, { kind: "committed", seq: seq as SeqNum, commits: commits.map(claimOf) }, batch.bytes);
  const quorum = [0, 1, 2].map((id) => commitOf(id, 0, 1, batch.digest));
  const [, one, two] = quorum as [(typeof quorum)[number], (typeof quorum)[number], (typeof quorum)[number]];

  it("§4.2: a quorum of commits of any one view proves that a batch committed", () => {
    const lone = new Lone(3);
    lone.deliver(proof([0, 1, 2].map((id) => commitOf(id, 7, 1, batch.digest))));
    expect(lone.replica.inspect().lastExecuted).to.equal(1);
  });

  const bad: readonly (readonly [title: string, commits: typeof quorum])[] = [
    ["too few", [one, two]],
    ["one replica twice", [one, two, two]],
    ["two views", [one, two, commitOf(0, 1, 1, batch.digest)]],
    ["two digests", [one, two, commitOf(0, 0, 1, d)]],
    ["another digest than the batch's", [0, 1, 2].map((id) => commitOf(id, 0, 1, d))],
    ["another sequence number", [0, 1, 2].map((id) => commitOf(id, 0, 2, batch.digest))],
    ["a forged one", [one, two, forged(commitOf(0, 0, 1, batch.digest))]],
    ["an unknown signer", [one, two, commitOf(4, 0, 1, batch.digest)]],
    ["none", []],
  ];
  for (const [title, commits] of bad)
    it(`committed-bad-certificate: ${title}`, () => {
      const lone = new Lone(3);
      expect(droppedIn(lone.deliver(proof(commits)))).to.deep.equal(["committed-bad-certificate"]);
      expect(lone.replica.inspect().lastExecuted).to.equal(0);
    });

  const stableBad: readonly (readonly [title: string, checkpoints: typeof C])[] = [
    ["too few", C.slice(1)],
    ["one replica twice", [...C.slice(1), checkpointOf(1, 8, state)]],
    ["two digests", [...C.slice(1), checkpointOf(0, 8, d)]],
    ["a forged one", [...C.slice(1), forged(checkpointOf(0, 8, state))]],
  ];
  for (const [title, checkpoints] of stableBad)
    it(`stable-checkpoint-bad-certificate: ${title}`, () => {
      const message: StableCheckpointMessage = { kind: "stable-checkpoint", checkpoints: checkpoints.map(claimOf) };
      expect(droppedIn(new Lone(3).deliver(byReplica(2, message)))).to.deep.equal(["stable-checkpoint-bad-certificate"]);
    });
});
