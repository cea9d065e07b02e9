import type { TraceEvent } from "@bft/core";
import { historyOf } from "@bft/sim";
import { expect } from "chai";
import { check } from "./support.js";

const yes = (value: string | null) => [{ ok: true, value }];
const invoked = (client: number, timestamp: number, operation: string, at = 0): TraceEvent => {
  return { at, kind: "invoked", client, timestamp, operations: [operation], readOnly: operation.startsWith("get") };
};
const answer = (client: number, timestamp: number, value: string | null, at = 0): TraceEvent => {
  return { at, kind: "answered", client, timestamp, seq: 1, results: yes(value) };
};

describe("linearizability: the history of a trace", () => {
  it("orders by the place in the trace, not by the time", () => {
    const stale = [invoked(0, 1, "set x 1"), answer(0, 1, "ok"), invoked(1, 1, "get x"), answer(1, 1, null)];
    expect(check(historyOf(stale)).verdict).to.equal("violated");
    const concurrent = [invoked(0, 1, "set x 1"), invoked(1, 1, "get x"), answer(0, 1, "ok"), answer(1, 1, null)];
    expect(check(historyOf(concurrent)).verdict).to.equal("linearizable");
  });

  it("has each request with its answer, or without one", () => {
    const events: TraceEvent[] = [
      { at: 0, kind: "fault", what: "a cut" },
      invoked(3, 7, "get x", 5),
      answer(3, 7, null, 9),
      answer(3, 7, "late and different", 9),
      answer(3, 99, "to nobody", 9),
      invoked(4, 1, "set x 1", 9),
    ];
    expect(historyOf(events)).to.deep.equal([
      { client: 3, id: 7, operations: ["get x"], readOnly: true, invoked: 2, returned: 3, results: yes(null) },
      { client: 4, id: 1, operations: ["set x 1"], readOnly: false, invoked: 6, returned: null, results: null },
    ]);
  });

  it("a read that fell back is one request from its first handing in to its answer (§5.1.3)", () => {
    const events: TraceEvent[] = [
      invoked(0, 1, "get x"),
      { at: 1, kind: "fell-back", client: 0, from: 1, timestamp: 2 },
      invoked(0, 3, "get x"),
      answer(0, 2, null),
    ];
    expect(historyOf(events).map(({ id, invoked, returned }) => [id, invoked, returned])).to.deep.equal([
      [1, 1, 4],
      [3, 3, null],
    ]);
  });

  it("leaves out a client that lies, whenever it began", () => {
    const events: TraceEvent[] = [
      invoked(0, 1, "get x"),
      invoked(1, 1, "get x"),
      answer(1, 1, "invented"),
      { at: 2, kind: "client-behaves", client: 1, behaviour: "lies" },
    ];
    expect(historyOf(events).map(({ client }) => client)).to.deep.equal([0]);
  });

  it("keeps a timestamp that was used twice, for the check to find", () => {
    const events = [invoked(0, 1, "get x"), answer(0, 1, null), invoked(0, 1, "get y"), answer(0, 1, null)];
    expect(check(historyOf(events))).to.include({ verdict: "violated", part: "the history itself" });
  });
});
