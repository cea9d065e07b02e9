import type { Digest, SeqNum } from "@bft/core";
import { type Ballot, type PaxosMessage, paxosCodec, statementOf } from "@bft/core/multipaxos";
import { expect } from "chai";
import fc from "fast-check";

const natural = fc.oneof(fc.nat(300), fc.maxSafeNat());
const ballot = natural.map((n) => n as Ballot);
const seq = natural.map((n) => n as SeqNum);
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex") as Digest);
const bytes = fc.uint8Array({ maxLength: 40 });
const kind = <K extends PaxosMessage["kind"]>(name: K) => fc.constant(name);
const proposals = fc.array(fc.record({ seq, ballot, digest, bytes }), { maxLength: 4 });

const anyMessage: fc.Arbitrary<PaxosMessage> = fc.oneof(
  fc.record({ kind: kind("prepare"), ballot, from: seq }),
  fc.record({
    kind: kind("promise"),
    ballot,
    from: seq,
    low: seq,
    executed: seq,
    accepted: proposals,
    complete: fc.boolean(),
  }),
  fc.record({ kind: kind("refused"), ballot, promised: ballot, executed: seq }),
  fc.record({ kind: kind("accept"), ballot, seq, digest, chosen: seq }),
  fc.record({ kind: kind("accepted"), ballot, seq, digest }),
  fc.record({ kind: kind("heartbeat"), ballot, chosen: seq }),
  fc.record({ kind: kind("fetch"), from: seq }),
  fc.record({ kind: kind("chosen"), ballot, seq, digest, last: fc.boolean() }),
  fc.record({ kind: kind("fetch-snapshot"), seq, part: fc.maxSafeNat() }),
  fc.record({
    kind: kind("snapshot"),
    seq,
    stateDigest: digest,
    part: fc.maxSafeNat(),
    last: fc.boolean(),
    leaves: fc.array(bytes, { maxLength: 4 }),
  }),
);

describe("Multi-Paxos messages as bytes", () => {
  it("come back as they went", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(paxosCodec.decode(paxosCodec.encode(message))).to.deep.equal({ ok: true, message });
      }),
    );
  });

  it("are refused when a byte of them is another, or read as another message; never is anything thrown", () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.nat(255), (message, at, byte) => {
        const payload = paxosCodec.encode(message);
        payload[at % payload.length] = byte;
        const decoded = paxosCodec.decode(payload);
        if (decoded.ok) expect(paxosCodec.decode(paxosCodec.encode(decoded.message))).to.deep.equal(decoded);
        else expect(decoded.error.code).to.match(/^payload-/);
      }),
    );
  });

  it("are told to a trace in the words of its statements", () => {
    const at = { ballot: 7 as Ballot, seq: 3 as SeqNum, digest: "ab" as Digest };
    const accepted = [{ ...at, ballot: 5 as Ballot, bytes: new Uint8Array() }];
    const from = 1 as SeqNum;
    const told: readonly [PaxosMessage, object][] = [
      [
        { kind: "prepare", ballot: at.ballot, from },
        { kind: "candidate", view: 7 },
      ],
      [
        { kind: "promise", ballot: at.ballot, from, low: from, executed: from, accepted, complete: true },
        { kind: "promise", view: 7, candidate: 1, accepted: [{ view: 5, seq: 3, digest: "ab" }] },
      ],
      [
        { kind: "accept", ...at, chosen: from },
        { kind: "accept", view: 7, values: [{ seq: 3, digest: "ab" }] },
      ],
      [
        { kind: "accepted", ...at },
        { kind: "accepted", view: 7, seq: 3, digest: "ab" },
      ],
      [
        { kind: "heartbeat", ballot: at.ballot, chosen: at.seq },
        { kind: "chosen", view: 7, upTo: 3 },
      ],
      [
        { kind: "fetch", from },
        { kind: "other", message: "fetch" },
      ],
    ];
    for (const [message, statement] of told) expect(statementOf(message, { to: 0, replicas: 3 })).to.deep.equal(statement);
  });
});
