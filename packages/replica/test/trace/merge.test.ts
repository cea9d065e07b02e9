import type { ClientId, Timestamp, TraceEvent } from "@bft/core";
import { expect } from "chai";
import type { ReadHistories } from "../../src/trace/history-reader.js";
import { mergedByTime } from "../../src/trace/merge.js";
import { UnknownRequests } from "../../src/trace/requests.js";

const NOTHING: ReadHistories = { events: [], until: 1e9, ended: false, earlier: new Set(), covered: [], damage: [] };

function crashed(replica: number, at: number): TraceEvent {
  return { kind: "crashed", replica, at };
}

function executes(timestamp: number, at = 5): TraceEvent {
  const request = { client: 2 as ClientId, timestamp: timestamp as Timestamp, operations: ["set x 1"], results: [] };
  return { kind: "executed", replica: 0, at, seq: 1, view: 0, digest: "ab", requests: [request] };
}

const invoked: TraceEvent = { kind: "invoked", client: 2, at: 4, timestamp: 7, operations: ["set x 1"], readOnly: false };

describe("one trace of many", () => {
  it("is in order of time, each stream in its own order, the earlier stream first at equal times", () => {
    const merged = mergedByTime([
      [crashed(0, 1), crashed(0, 3), crashed(0, 3)],
      [],
      [crashed(2, 1), crashed(2, 2), crashed(2, 9)],
    ]);
    expect([...merged].map((event) => ["replica" in event ? event.replica : null, event.at])).to.deep.equal([
      [0, 1],
      [2, 1],
      [2, 2],
      [0, 3],
      [0, 3],
      [2, 9],
    ]);
  });

  it("a request that no history has gets an invocation without an answer before it is executed first, and is counted", () => {
    const unknown = new UnknownRequests(NOTHING);
    const events = [...unknown.madeKnown([executes(7, 5), executes(7, 6)])];
    expect(events.map(({ kind }) => kind)).to.deep.equal(["invoked", "executed", "executed"]);
    expect(events[0]).to.deep.equal({ ...invoked, at: 5 });
    expect(unknown.count).to.equal(1);
  });

  it("a request that a history has is left alone", () => {
    const unknown = new UnknownRequests(NOTHING);
    expect([...unknown.madeKnown([invoked, executes(7)])]).to.deep.equal([invoked, executes(7)]);
    expect(unknown.count).to.equal(0);
  });

  it("within what a history covers, what is not in it was invented: it gets no invocation", () => {
    const unknown = new UnknownRequests({ ...NOTHING, covered: [{ client: 2, first: 5, last: 9 }] });
    expect([...unknown.madeKnown([executes(7)])].map(({ kind }) => kind)).to.deep.equal(["executed"]);
    expect([...unknown.madeKnown([executes(10)])].map(({ kind }) => kind)).to.deep.equal(["invoked", "executed"]);
  });

  for (const [title, histories] of [
    ["an earlier boot", { ...NOTHING, earlier: new Set(["2:7"]) }],
    ["a client that lies", { ...NOTHING, events: [{ at: 0, kind: "client-behaves", client: 2, behaviour: "b" } as const] }],
  ] as const)
    it(`a request of ${title} is not counted as unknown`, () => {
      const unknown = new UnknownRequests(histories);
      expect([...unknown.madeKnown([executes(7)])]).to.have.length(2);
      expect(unknown.count).to.equal(0);
    });
});
