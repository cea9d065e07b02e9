import { encodeWire, fromHex, type SeqNum, toHex, type View, wireInteger } from "@bft/core";
import { type Prepare, pbftCodec } from "@bft/core/pbft";
import { expect } from "chai";
import fc from "fast-check";
import { digestOf } from "../../../core/test/support/forge.js";
import { EDGE_VALUES } from "../../src/byzantine/edges/edge-values.js";
import { integersIn, withBytesAt } from "../../src/byzantine/edges/integers.js";
import { cutOff, filled, liarIn, meddleAlso, served, survivesAnything } from "./received.js";
import { executedDigests } from "./support.js";

const PREPARE: Prepare = { kind: "prepare", view: 3 as View, seq: 300 as SeqNum, digest: digestOf("a batch") };

/** What the codec makes of a prepare with this in place of its sequence number. */
const MEANT: Readonly<Record<keyof typeof EDGE_VALUES, number | string>> = {
  zero: 0,
  "2^32 - 1": 2 ** 32 - 1,
  "2^32": 2 ** 32,
  "2^53 - 1": Number.MAX_SAFE_INTEGER,
  "2^53": "payload-integer-too-large",
  "2^64 - 1": "payload-integer-too-large",
  "-1": "payload-forbidden-type",
  "-2^53": "payload-forbidden-type",
  "1.5": "payload-forbidden-type",
  "-0.0": "payload-forbidden-type",
  NaN: "payload-forbidden-type",
  Infinity: "payload-forbidden-type",
  "1.0 as a double": "payload-forbidden-type",
  "0 in two bytes": "payload-not-canonical",
  "1 as a big number": "payload-forbidden-type",
  undefined: "payload-forbidden-type",
};

describe("numbers in payloads", () => {
  it("are found at any depth, and nothing else is", () => {
    const wire = [7, [1, "text of 9", wireInteger(2 ** 40), [true, null, [24]]], new Uint8Array(300).fill(5), 65_536];
    const payload = encodeWire(wire);
    const found = integersIn(payload).map(({ from, to }) => toHex(payload.slice(from, to)));
    expect(found).to.deep.equal(["07", "01", "1b0000010000000000", "1818", "1a00010000"]);
  });

  it("are looked for in any bytes without a throw, and are places in them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const { from, to } of integersIn(bytes)) expect(from >= 0 && from < to && to <= bytes.length).to.equal(true);
      }),
    );
  });

  for (const [name, meant] of Object.entries(MEANT))
    it(`${name} for a sequence number ${typeof meant === "number" ? "is read as it is" : `is refused: ${meant}`}`, () => {
      const payload = pbftCodec.encode(PREPARE);
      const seq = integersIn(payload)[2];
      if (seq === undefined) throw new Error("a prepare has three numbers");
      const decoded = pbftCodec.decode(withBytesAt(payload, seq, fromHex(EDGE_VALUES[name as keyof typeof EDGE_VALUES])));
      if (decoded.ok) expect(decoded.message).to.deep.equal({ ...PREPARE, seq: meant });
      else expect(decoded.error.code).to.equal(meant);
    });
});

describe("edge-values", () => {
  it("puts a number at the edge into things of every kind that it says; some are refused, the others mean what they say", () => {
    const { cluster, sent, refused } = liarIn(2, "edge-values");
    served(cluster, 40);
    cluster.run(3000);
    const edges = Object.values(EDGE_VALUES);
    const odd = new Set<string>();
    for (const { signed } of sent) {
      const decoded = pbftCodec.decode(signed.payload);
      if (!decoded.ok) odd.add(signed.kind);
      else expect(signed.message).to.deep.equal(decoded.message);
    }
    expect([...odd]).to.include.members(["prepare", "commit", "checkpoint", "status", "reply"]);
    expect(refused.count).to.be.within(sent.length / 8, sent.length / 2);
    const bytes = new Set(sent.flatMap(({ signed }) => edges.filter((edge) => toHex(signed.payload).includes(edge))));
    expect(bytes.size, "all edges are used").to.equal(edges.length);
  });

  for (const liar of [0, 1, 2])
    for (const seed of [1, 2, 3])
      it(`by replica ${liar}, seed ${seed}: clients are answered right, correct replicas execute alike, through a view change`, () => {
        const { cluster, refused } = liarIn(liar, "edge-values", { seed });
        served(cluster, 8);
        if (liar !== 0) {
          const cut = cutOff(cluster, 0);
          cluster.submit("set y 1", 1);
          cluster.runUntil(() => [1, 2, 3].filter((id) => id !== liar).every((id) => cluster.status(id).view > 0));
          cluster.run(1000);
          cut.mended = true;
        }
        served(cluster, 8);
        cluster.run(5000);
        expect(refused.count).to.be.greaterThan(0);
        const executed = executedDigests(cluster);
        expect(executed.size).to.be.at.least(32);
        for (const [seq, digests] of executed) expect(digests.size, `batches executed at ${seq}`).to.equal(1);
      });

  it("answers with odd numbers to a replica that is behind: it catches up from the others", () => {
    const { cluster, sent } = liarIn(1, "edge-values");
    let away = true;
    filled(cluster, 150);
    meddleAlso(cluster, (envelope) => (away && envelope.to.role === "replica" && envelope.to.id === 3 ? [] : [envelope]));
    served(cluster, 20);
    away = false;
    const before = sent.length;
    cluster.run(8000);
    const answers = sent
      .slice(before)
      .filter(({ signed }) => signed.kind === "stable-checkpoint" || signed.kind === "state-nodes");
    expect(answers.some(({ signed }) => !pbftCodec.decode(signed.payload).ok)).to.equal(true);
    expect(cluster.effectsOf(3, "state-installed").length).to.be.greaterThan(0);
    expect(cluster.status(3).lastExecuted).to.equal(cluster.status(0).lastExecuted);
    expect(cluster.status(3).checkpoint).to.deep.equal(cluster.status(0).checkpoint);
  });

  it("survives five hundred hostile inputs", () => survivesAnything("edge-values"));
});
