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

  it("wrong-timestamp survives five hundred hostile inputs", () => survivesAnything("wrong-timestamp"));
});
