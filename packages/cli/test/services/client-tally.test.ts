import type { ClientEffect, ClientInput, ReplicaId, Timestamp } from "@bft/core";
import type { PbftMessage } from "@bft/core/pbft";
import { expect } from "chai";
import { ClientTallying } from "../../src/services/client-tally.js";

function signed(signer: { role: "client" | "replica"; id: number }, message: object, payload: readonly number[] = []) {
  return {
    kind: (message as PbftMessage).kind,
    signer,
    message,
    payload: Uint8Array.from(payload),
    signature: new Uint8Array(64),
    attachment: null,
  };
}

function sends(to: number, timestamp: number, byte: number): ClientEffect {
  const message = {
    kind: "request",
    client: 0,
    timestamp: timestamp as Timestamp,
    operations: ["x"],
    readOnly: false,
    oldest: timestamp as Timestamp,
    repliers: null,
  };
  const request = signed({ role: "client", id: 0 }, message, [byte]);
  return { kind: "send", to: to as ReplicaId, signed: request } as unknown as ClientEffect;
}

function replies(from: number, timestamp: number, value: string, ok = true): ClientInput {
  const message = { kind: "reply", view: 0, client: 0, timestamp, seq: 1, ordered: true, results: [{ ok, value }] };
  return { kind: "message", signed: signed({ role: "replica", id: from }, message) } as unknown as ClientInput;
}

const timer: ClientInput = { kind: "timer-fired", timer: "retry" };

describe("services/client-tally", () => {
  it("counts what was sent, and as a lie only what an honest client would not do", () => {
    const tallying = new ClientTallying(2);
    const honest = [sends(0, 1, 1), sends(1, 1, 1)];
    tallying.observe(timer, honest, honest);
    tallying.observe(timer, honest, [...honest]);
    expect(tallying.tally).to.include({ liesTold: 0, messages: 4, requests: 1, timestamps: 1 });
    tallying.observe(timer, honest, [sends(0, 1, 1), sends(1, 1, 2)]);
    tallying.observe(timer, honest, []);
    expect(tallying.tally).to.include({ liesTold: 2, messages: 6, requests: 2, timestamps: 1 });
  });

  it("believes f+1 equal replies of different replicas", () => {
    const tallying = new ClientTallying(2);
    for (const input of [
      replies(0, 1, "a"),
      replies(0, 1, "a"),
      replies(1, 1, "b"),
      replies(0, 2, "no", false),
      replies(3, 2, "no", false),
    ])
      tallying.observe(input, [], []);
    expect(tallying.tally).to.include({ replies: 5, answered: 1, refusedByService: 1, contradicted: 0 });
  });

  it("believes one reply where replicas do not lie", async () => {
    const tallying = new ClientTallying(1);
    tallying.observe(timer, [], [sends(0, 1, 1)]);
    const told = tallying.allAnswered();
    tallying.observe(replies(2, 1, "a"), [], []);
    await told;
    expect(tallying.tally).to.include({ needed: 1, answered: 1, contradicted: 0 });
  });

  it("says when there is a true answer to all that was sent", async () => {
    const tallying = new ClientTallying(2);
    const sent = [sends(0, 1, 1), sends(0, 2, 2)];
    tallying.observe(timer, sent, sent);
    let all = false;
    const told = tallying.allAnswered().then(() => {
      all = true;
    });
    for (const input of [replies(0, 1, "a"), replies(1, 1, "a"), replies(0, 2, "b"), replies(1, 2, "c")])
      tallying.observe(input, [], []);
    await Promise.resolve();
    expect(all, "one has two different answers").to.equal(false);
    tallying.observe(replies(2, 2, "c"), [], []);
    await told;
  });

  it("sees f+1 replicas say one thing and f+1 another", () => {
    const tallying = new ClientTallying(2);
    for (const input of [replies(0, 1, "a"), replies(1, 1, "a"), replies(2, 1, "b"), replies(3, 1, "b")])
      tallying.observe(input, [], []);
    expect(tallying.tally).to.include({ answered: 1, contradicted: 1 });
  });
});
