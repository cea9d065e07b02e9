import { type PbftSigned, readBatch } from "@bft/core/pbft";
import { expect } from "chai";
import { liarIn, meddleAlso, served, survivesAnything } from "./received.js";
import { said } from "./support.js";

describe("lies to clients", () => {
  it("wrong-timestamp: every reply is for the request before or after, and the client is told the truth by the others", () => {
    const { cluster, sent } = liarIn(1, "wrong-timestamp");
    served(cluster, 12);
    const timestamps = said(sent, "reply").map(({ message }) => message.timestamp as number);
    expect(timestamps).to.have.length(24);
    for (const [i, timestamp] of timestamps.entries()) expect(Math.abs(timestamp - (i + 1))).to.equal(1);
    expect(new Set(timestamps.map((timestamp, i) => timestamp - (i + 1)))).to.deep.equal(new Set([1, -1]));
  });

  it("wrong-timestamp: with many requests outstanding, a result given for the next request is not taken for its result", () => {
    const { cluster, sent } = liarIn(1, "wrong-timestamp");
    // The liar's word reaches the client first.
    meddleAlso(cluster, (envelope) =>
      envelope.signed.kind === "reply" && envelope.from.id !== 1 ? [{ ...envelope, delayMs: 50 }] : [envelope],
    );
    for (let i = 1; i <= 16; i++) cluster.submit([`set x ${i}`, "get x"]);
    cluster.runUntil(() => cluster.accepted() === 16);
    const wanted = new Map(
      cluster.effectsOf(0, "executed").flatMap(({ requests }) => requests.map((r) => [r.timestamp, r.results])),
    );
    for (const { timestamp, results } of cluster.outcomes.get(0) ?? []) expect(results).to.deep.equal(wanted.get(timestamp));
    const executed = cluster
      .effectsOf(1, "executed")
      .flatMap(({ requests }) => requests.map(({ timestamp }) => timestamp as number));
    const replied = said(sent, "reply").map(({ message }) => message.timestamp as number);
    expect(replied).to.have.length(16);
    for (const [i, timestamp] of replied.entries()) expect(Math.abs(timestamp - (executed[i] as number))).to.equal(1);
  });

  for (const reads of ["ordered", "fast"] as const)
    it(`stale-read with ${reads} reads: every read gets the value before the last write, every write its own result`, () => {
      const { cluster, sent } = liarIn(1, "stale-read", { reads });
      for (let i = 1; i <= 12; i++) {
        expect(cluster.ask(`set x ${i}`).results).to.deep.equal([{ ok: true, value: "ok" }]);
        cluster.submit("get x", 0, true);
        cluster.runUntil(() => cluster.accepted() === 2 * i);
        expect(cluster.outcomes.get(0)?.at(-1)?.results).to.deep.equal([{ ok: true, value: String(i) }]);
      }
      cluster.settle();
      const told = said(sent, "reply").map(({ message }) => message.results[0]?.value);
      const stale = Array.from({ length: 12 }, (_, i) => ["ok", i === 0 ? null : String(i)]).flat();
      expect(told).to.deep.equal(stale);
      const outcomes = (cluster.outcomes.get(0) ?? []).map(({ timestamp }) => cluster.clients[0]?.outcome(timestamp));
      const disagreed = outcomes.map((outcome) => outcome?.disagreed.map(({ replica }) => replica as number));
      expect(disagreed, "the client sees who lied").to.deep.equal(Array.from({ length: 12 }, () => [[], [1]]).flat());
    });

  it("stale-read: an ordered read that is asked for again is answered with the same old value", () => {
    const { cluster, sent } = liarIn(1, "stale-read");
    served(cluster, 2);
    const read = sent.flatMap(({ signed }) => (signed.kind === "reply" && signed.message.timestamp === 4 ? [signed] : []))[0];
    const request = cluster
      .effectsOf(0, "broadcast")
      .flatMap(({ signed }) =>
        signed.kind === "pre-prepare" ? [readBatch(signed.attachment as Uint8Array, signed.message.digest)] : [],
      )
      .flatMap((batch) => batch?.requests ?? [])
      .find(({ message }) => message.timestamp === 4);
    expect(request?.message.operations).to.deep.equal(["get x"]);
    const { signerId, message, payload, signature } = request as NonNullable<typeof request>;
    const signed = { kind: "request", signer: { role: "client", id: signerId }, message, payload, signature, attachment: null };
    const effects = cluster.deliver(1, signed as unknown as PbftSigned);
    const again = effects.flatMap((effect) => (effect.kind === "reply" && effect.signed.kind === "reply" ? [effect.signed] : []));
    expect(again.map(({ message: { results } }) => results)).to.deep.equal([[{ ok: true, value: "1" }]]);
    expect(read?.message.results).to.deep.equal([{ ok: true, value: "1" }]);
  });

  it("wrong-timestamp survives five hundred hostile inputs", () => survivesAnything("wrong-timestamp"));
});
