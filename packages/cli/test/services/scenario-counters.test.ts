import type { ReplicaStatus } from "@bft/replica";
import { expect } from "chai";
import { Counters } from "../../src/services/scenario/counters.js";

const said = (id: number, messagesOut: number, liesTold: number) => ({ id, messagesOut, liesTold }) as ReplicaStatus;

describe("what the replicas of a scenario counted", () => {
  it("is the sum of what each says last, and of what those said last that ended", () => {
    const counters = new Counters();
    counters.observe(said(0, 10, 0));
    counters.observe(said(1, 5, 2));
    counters.observe(said(0, 12, 0));
    expect([counters.messages, counters.lies]).to.deep.equal([17, 2]);
    counters.ended(1);
    counters.ended(2);
    expect([counters.messages, counters.lies]).to.deep.equal([17, 2]);
    counters.observe(said(1, 3, 1));
    expect([counters.messages, counters.lies]).to.deep.equal([20, 3]);
  });
});
