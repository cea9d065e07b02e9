import type { Client } from "@bft/core";
import { expect } from "chai";
import { accepted, clientWith, replyOf, submit, targets } from "./support/clients.js";

/** Who is to reply to a request that is submitted now, in ids; null: all. */
function askedOf(client: Client): readonly number[] | null {
  const [sent] = client.step({ kind: "submit", operations: ["x"], replies: "enough" }).filter(({ kind }) => kind === "send");
  if (sent?.kind !== "send" || sent.signed.kind !== "request") throw new Error("no request left");
  return sent.signed.message.repliers;
}

describe("a client that needs no more than enough replies (we differ from §4.1)", () => {
  /** A client to whose first requests these two replied first. */
  function clientWhoHeard(...quick: readonly number[]): { readonly client: Client; readonly next: number } {
    const client = clientWith();
    let next = 1;
    for (; next <= 4; next++) {
      expect(askedOf(client)).to.equal(null);
      for (const from of [...quick, 0, 1, 2, 3]) client.step(replyOf(from, next));
    }
    return { client, next };
  }

  it("learns from requests that all reply to who is quick, and asks the primary and the quickest from then on", () => {
    expect(askedOf(clientWhoHeard(3, 2).client)).to.deep.equal([0, 2]);
    expect(askedOf(clientWhoHeard(0, 3).client)).to.deep.equal([0, 3]);
  });

  it("asks all unless it is told that enough will do", () => {
    const { client } = clientWhoHeard(0, 3);
    const [sent] = submit(client, "x").flatMap((effect) => (effect.kind === "send" ? [effect.signed.message] : []));
    expect(sent).to.include({ kind: "request", repliers: null });
  });

  it("with fast reads a write needs a quorum, so that is who is asked; a read goes to all", () => {
    const client = clientWith({ answers: 3, reads: "fast" });
    for (let timestamp = 1; timestamp <= 4; timestamp++) {
      askedOf(client);
      for (const from of [1, 3, 0, 2]) client.step(replyOf(from, timestamp));
    }
    expect(askedOf(client)).to.deep.equal([0, 1, 3]);
    const read = client.step({ kind: "submit", operations: ["get x"], readOnly: true, replies: "enough" });
    expect(targets(read)).to.deep.equal([0, 1, 2, 3]);
    expect(read.flatMap((effect) => (effect.kind === "send" ? [effect.signed.message] : []))[0]).to.include({ repliers: null });
  });

  /** Answers requests as long as this many are asked of all; returns how many that were, and the next timestamp. */
  function learning(client: Client, from: number): { readonly learnt: number; readonly next: number } {
    let next = from;
    for (; askedOf(client) === null; next++) for (const replica of [0, 1, 2, 3]) client.step(replyOf(replica, next));
    return { learnt: next - from, next };
  }

  it("learns anew after 128 requests, since who is quick changes", () => {
    const { client, next } = clientWhoHeard(0, 3);
    for (let timestamp = next; timestamp < next + 128; timestamp++) {
      expect(askedOf(client)).to.deep.equal([0, 3]);
      for (const from of [0, 3]) client.step(replyOf(from, timestamp));
    }
    expect(learning(client, next + 128).learnt).to.equal(4);
  });

  it("learns for twice as long each time that it was disappointed, up to 1,024 requests", () => {
    const { client, next: first } = clientWhoHeard(0, 1);
    const lengths: number[] = [];
    askedOf(client);
    for (let next = first, i = 0; i < 10; i++) {
      client.step({ kind: "timer-fired", timer: `retry ${next}` });
      for (const from of [0, 1]) client.step(replyOf(from, next));
      const learned = learning(client, next + 1);
      // It learns from the one that was asked again, too.
      lengths.push(1 + learned.learnt);
      next = learned.next;
    }
    expect(lengths).to.deep.equal([8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024]);
  });

  it("of those who were not asked, none is missed", () => {
    const { client, next } = clientWhoHeard(0, 3);
    askedOf(client);
    client.step(replyOf(0, next));
    const effects = client.step(replyOf(3, next));
    expect(effects.flatMap((effect) => (effect.kind === "answered" ? [effect.complete] : []))).to.deep.equal([true]);
    expect(accepted(effects)[0]).to.deep.include({ agreed: [0, 3], silent: [] });
  });

  it("one who was asked is silent: all are asked again, and replies of any count", () => {
    const { client, next } = clientWhoHeard(0, 3);
    askedOf(client);
    client.step(replyOf(0, next));
    expect(targets(client.step({ kind: "timer-fired", timer: `retry ${next}` }))).to.deep.equal([1, 2, 3]);
    const [outcome] = accepted(client.step(replyOf(1, next)));
    expect(outcome).to.deep.include({ agreed: [0, 1], silent: [2, 3] });
  });

  it("those who were asked disagree: all are asked again at once, without waiting", () => {
    const { client, next } = clientWhoHeard(0, 3);
    askedOf(client);
    client.step(replyOf(0, next));
    const lie = client.step(replyOf(3, next, { results: [{ ok: true, value: "lie" }] }));
    expect(accepted(lie)).to.deep.equal([]);
    expect(targets(lie)).to.deep.equal([1, 2]);
    expect(accepted(client.step(replyOf(2, next)))[0]).to.deep.include({ agreed: [0, 2] });
  });
});
