import { type ReplicaId, replicaPrincipal, type Signed } from "@bft/core";
import { bindingOf, claimsIn, EvidenceBook, type Proof, verifyProof } from "@bft/core/evidence";
import { PBFT, type PbftMessage } from "@bft/core/pbft";
import { RAFT } from "@bft/core/raft";
import { expect } from "chai";
import fc from "fast-check";
import {
  batchNamed,
  byReplica,
  certificateOf,
  checkpointOf,
  commitOf,
  digestOf,
  newViewOf,
  ports,
  prePrepareOf,
  prepareOf,
  viewChangeOf,
} from "./support/forge.js";
import { portsOf } from "./support/keys.js";

const [a, b] = [digestOf("a"), digestOf("b")];
const context = { protocol: PBFT, replicas: 4, verify: ports.verify };

function proofOf(accused: number, first: Signed, second: Signed): Proof {
  return { accused, first, second };
}

function replyOf(
  timestamp: number,
  value: string,
  other: Partial<Record<"view" | "client" | "seq", number> & { ordered: boolean }> = {},
): Signed {
  const fields = {
    kind: "reply",
    view: 0,
    client: 0,
    timestamp,
    seq: 5,
    ordered: true,
    results: [{ ok: true, value }],
    ...other,
  };
  return byReplica(1, fields as unknown as PbftMessage);
}

/** The rule by which replica 1 is convicted of these two, in either order, or why it is not. */
function verdict(first: Signed, second: Signed, accused = 1): string {
  const [there, back] = [proofOf(accused, first, second), proofOf(accused, second, first)].map((proof) => {
    const judged = verifyProof(proof, context);
    return judged.ok ? judged.rule : judged.reason;
  });
  expect(there, "whichever comes first").to.equal(back);
  return there ?? "";
}

describe("evidence: what no correct replica signs both", () => {
  const cases: readonly (readonly [title: string, first: Signed, second: Signed, verdict: string])[] = [
    [
      "§4.2: pre-prepares of two batches",
      prePrepareOf(1, 5, batchNamed("a")),
      prePrepareOf(1, 5, batchNamed("b")),
      "two-pre-prepares",
    ],
    ["… for two numbers", prePrepareOf(1, 5, batchNamed("a")), prePrepareOf(1, 6, batchNamed("b")), "no-contradiction"],
    ["§4.2: prepares for two batches", prepareOf(1, 0, 5, a), prepareOf(1, 0, 5, b), "two-prepares"],
    ["… in two views", prepareOf(1, 0, 5, a), prepareOf(1, 2, 5, b), "no-contradiction"],
    ["… the same twice", prepareOf(1, 0, 5, a), prepareOf(1, 0, 5, a), "no-contradiction"],
    ["§4.2: commits for two batches", commitOf(1, 0, 5, a), commitOf(1, 0, 5, b), "two-commits"],
    [
      "a prepare and a commit for two batches: who was lied to may prepare one and see the other commit",
      prepareOf(1, 0, 5, a),
      commitOf(1, 0, 5, b),
      "no-contradiction",
    ],
    ["§4.3: checkpoints of two states", checkpointOf(1, 8, a), checkpointOf(1, 8, b), "two-checkpoints"],
    ["… after two batches", checkpointOf(1, 8, a), checkpointOf(1, 16, b), "no-contradiction"],
    [
      "§4.4: view-changes with two stories",
      viewChangeOf(1, 2),
      viewChangeOf(1, 2, { prepared: [certificateOf(0, 1, a)] }),
      "two-view-changes",
    ],
    ["… for two views", viewChangeOf(1, 2), viewChangeOf(1, 3, { prepared: [certificateOf(2, 1, a)] }), "no-contradiction"],
    [
      "§4.4: new-views with two orders",
      newViewOf(
        1,
        [0, 2, 3].map((id) => viewChangeOf(id, 1)),
        [],
      ),
      newViewOf(
        1,
        [0, 2, 3].map((id) => viewChangeOf(id, 1)),
        [[1, a]],
      ),
      "two-new-views",
    ],
    [
      "§4.4: a commit whose certificate a later view-change hides",
      commitOf(1, 0, 5, a),
      viewChangeOf(1, 1),
      "hidden-certificate",
    ],
    ["… that shows it", commitOf(1, 0, 5, a), viewChangeOf(1, 1, { prepared: [certificateOf(0, 5, a)] }), "no-contradiction"],
    [
      "… that shows one of a later view",
      commitOf(1, 0, 5, a),
      viewChangeOf(1, 3, { prepared: [certificateOf(2, 5, b)] }),
      "no-contradiction",
    ],
    [
      "… that shows one of an earlier view only",
      commitOf(1, 2, 5, a),
      viewChangeOf(1, 3, { prepared: [certificateOf(0, 5, b)] }),
      "hidden-certificate",
    ],
    ["… below its stable checkpoint", commitOf(1, 0, 5, a), viewChangeOf(1, 1, { stableSeq: 8 }), "no-contradiction"],
    ["… for the very view of the commit", commitOf(1, 1, 5, a), viewChangeOf(1, 1), "no-contradiction"],
    ["§4.1: replies with two results to one request", replyOf(3, "a"), replyOf(3, "b"), "two-replies"],
    ["… at two sequence numbers", replyOf(3, "a", { seq: 5 }), replyOf(3, "a", { seq: 6 }), "two-replies"],
    ["… the same in another view", replyOf(3, "a"), replyOf(3, "a", { view: 1 }), "no-contradiction"],
    ["… to two requests", replyOf(3, "a"), replyOf(4, "b"), "no-contradiction"],
    ["… to two clients", replyOf(3, "a"), replyOf(3, "b", { client: 1 }), "no-contradiction"],
    [
      "… to reads that were not ordered (§5.1.3)",
      replyOf(3, "a", { ordered: false }),
      replyOf(3, "b", { ordered: false }),
      "no-contradiction",
    ],
    [
      "… one of them to a read: a lying client signs both with one timestamp",
      replyOf(3, "a", { ordered: false }),
      replyOf(3, "b"),
      "no-contradiction",
    ],
    ["a message of another kind", checkpointOf(1, 8, a), commitOf(1, 0, 8, b), "no-contradiction"],
  ];
  for (const [title, first, second, expected] of cases)
    it(`${title}: ${expected}`, () => {
      expect(verdict(first, second)).to.equal(expected);
    });

  it("two proposals of one leader of Raft for one place in one term", () => {
    const append = (name: string, prevLogIndex: number, ...digests: readonly string[]): Signed => {
      const entries = digests.map((each) => ({ term: 3, digest: each, value: new Uint8Array([1]) }));
      const message = { kind: "append-entries", term: 3, prevLogIndex, prevLogTerm: 3, entries, leaderCommit: 0 };
      const payload = RAFT.codec.encode(message as never);
      return { ...byReplica(1, commitOf(1, 0, 1, a).message), payload, signature: new Uint8Array(64), kind: name } as Signed;
    };
    const judge = (first: Signed, second: Signed) => {
      const judged = verifyProof(proofOf(1, first, second), { protocol: RAFT, replicas: 3, verify: () => true });
      return judged.ok ? `${judged.rule} at ${judged.seq}` : judged.reason;
    };
    expect(judge(append("x", 4, a, b), append("y", 5, a))).to.equal("two-proposals at 6");
    expect(judge(append("x", 4, a, b), append("y", 5, b))).to.equal("no-contradiction");
  });
});

describe("evidence: a proof", () => {
  const [first, second] = [commitOf(1, 0, 5, a), commitOf(1, 0, 5, b)];

  it("names the accused, the rule, the place and the kinds", () => {
    expect(verifyProof(proofOf(1, first, second), context)).to.deep.equal({
      ok: true,
      accused: 1,
      rule: "two-commits",
      view: 0,
      seq: 5,
      first: "commit",
      second: "commit",
    });
  });

  it("unknown-replica: nobody of that number", () => {
    for (const accused of [4, -1, 0.5, Number.NaN, 2 ** 60]) expect(verdict(first, second, accused)).to.equal("unknown-replica");
  });

  it("signature-invalid: somebody else signed it", () => {
    expect(verdict(first, second, 2)).to.equal("signature-invalid");
    expect(verdict(first, commitOf(2, 0, 5, b))).to.equal("signature-invalid");
    expect(verdict(first, { ...second, signature: new Uint8Array(64) })).to.equal("signature-invalid");
  });

  it("not-a-message: the accused signed bytes that mean nothing", () => {
    const payload = new Uint8Array([0xff, 0xff]);
    const nonsense = { ...second, payload, signature: signedBy1(payload) };
    expect(verdict(first, nonsense)).to.equal("not-a-message");
  });

  it("can not be made from what a correct replica signs, however its bytes are mixed or changed", () => {
    const honest: readonly Signed[] = [
      prepareOf(1, 0, 5, a),
      commitOf(1, 0, 5, a),
      prepareOf(1, 2, 5, b),
      commitOf(1, 2, 5, b),
      checkpointOf(1, 8, a),
      prePrepareOf(1, 9, batchNamed("a")),
      viewChangeOf(1, 3, { prepared: [certificateOf(2, 5, b)] }),
      viewChangeOf(1, 6, { stableSeq: 8 }),
    ];
    const any = fc.constantFrom(...honest);
    const changed = fc.tuple(any, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean()).map(([signed, at, by, inPayload]) => {
      const flip = (bytes: Uint8Array) => bytes.map((byte, index) => (index === at % bytes.length ? byte ^ by : byte));
      return inPayload ? { ...signed, payload: flip(signed.payload) } : { ...signed, signature: flip(signed.signature) };
    });
    fc.assert(
      fc.property(fc.oneof(any, changed), fc.oneof(any, changed), fc.nat({ max: 3 }), (x, y, accused) => {
        expect(verifyProof(proofOf(accused, x, y), context).ok).to.equal(false);
      }),
      { numRuns: 400 },
    );
  });
});

function signedBy1(payload: Uint8Array): Uint8Array {
  return portsOf(replicaPrincipal(1 as ReplicaId)).sign(payload);
}

describe("evidence: a book of what was signed", () => {
  /** Adds messages in order. @returns what is found, as `1: two-commits` */
  function read(
    messages: readonly Signed<PbftMessage>[],
    genuine = (signed: Signed) => isGenuine(signed),
    places?: number,
  ): string[] {
    const book = new EvidenceBook<Signed>(({ tag }) => genuine(tag), places);
    return messages.flatMap((signed) => {
      const binding = bindingOf(signed.message, signed.signer.id, PBFT, 4);
      const finding = book.add({ signer: signed.signer.id, ...binding, payload: signed.payload, tag: signed });
      return finding === null ? [] : [`${finding.accused}: ${finding.rule}`];
    });
  }
  const forged = (signed: Signed<PbftMessage>) => ({ ...signed, signature: new Uint8Array(64) });

  it("finds each contradiction once, of each replica by itself", () => {
    expect(
      read([
        commitOf(1, 0, 5, a),
        commitOf(2, 0, 5, b),
        commitOf(1, 0, 5, b),
        commitOf(1, 0, 5, b),
        commitOf(1, 0, 6, a),
        commitOf(1, 0, 6, b),
        viewChangeOf(1, 2),
        checkpointOf(3, 8, a),
        checkpointOf(3, 8, b),
      ]),
    ).to.deep.equal(["1: two-commits", "1: two-commits", "1: hidden-certificate", "3: two-checkpoints"]);
  });

  it("finds a hidden certificate whichever was heard first", () => {
    expect(read([viewChangeOf(1, 2), commitOf(1, 0, 5, a)])).to.deep.equal(["1: hidden-certificate"]);
    expect(read([viewChangeOf(1, 2, { prepared: [certificateOf(0, 5, a)] }), commitOf(1, 0, 5, a)])).to.deep.equal([]);
  });

  it("a forged word convicts nobody, and makes way for a genuine one", () => {
    expect(read([forged(commitOf(1, 0, 5, b)), commitOf(1, 0, 5, a)])).to.deep.equal([]);
    expect(read([commitOf(1, 0, 5, a), forged(commitOf(1, 0, 5, b))])).to.deep.equal([]);
    expect(read([forged(commitOf(1, 0, 5, b)), commitOf(1, 0, 5, a), commitOf(1, 0, 5, b)])).to.deep.equal(["1: two-commits"]);
    expect(read([commitOf(1, 0, 5, a), forged(viewChangeOf(1, 2)), viewChangeOf(1, 2)])).to.deep.equal(["1: hidden-certificate"]);
    expect(read([forged(commitOf(1, 0, 5, a)), commitOf(1, 0, 6, a), viewChangeOf(1, 2)])).to.deep.equal([
      "1: hidden-certificate",
    ]);
    expect(read([forged(viewChangeOf(1, 2)), viewChangeOf(1, 3), commitOf(1, 0, 5, a)])).to.deep.equal(["1: hidden-certificate"]);
  });

  it("is bounded: the oldest words are forgotten", () => {
    const many = Array.from({ length: 10 }, (_, seq) => commitOf(1, 0, seq + 1, a));
    expect(read([...many, commitOf(1, 0, 10, b)], undefined, 5)).to.deep.equal(["1: two-commits"]);
    expect(read([...many, commitOf(1, 0, 1, b)], undefined, 5)).to.deep.equal([]);
  });

  it("what a message quotes is found in it, however deep", () => {
    const votes = [0, 2, 3].map((id) => viewChangeOf(id, 1, { prepared: [certificateOf(0, 5, a)] }));
    const kinds = [...claimsIn(newViewOf(1, votes, [[5, a]]).message)].map(
      ({ signerId, message }) => `${signerId} ${message.kind}`,
    );
    expect(kinds.filter((each) => each.endsWith("view-change"))).to.deep.equal([
      "0 view-change",
      "2 view-change",
      "3 view-change",
    ]);
    expect(kinds.filter((each) => each === "0 pre-prepare")).to.have.lengthOf(3);
    expect(
      kinds.filter((each) => each === "1 pre-prepare"),
      "of O",
    ).to.have.lengthOf(1);
    expect(kinds.filter((each) => each === "1 prepare")).to.have.lengthOf(3);
    expect([...claimsIn(commitOf(1, 0, 5, a).message)]).to.deep.equal([]);
  });
});

function isGenuine({ signer, payload, signature }: Signed): boolean {
  return ports.verify(signer, payload, signature);
}
