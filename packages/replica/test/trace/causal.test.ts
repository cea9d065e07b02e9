import type { TraceEvent } from "@bft/core";
import { expect } from "chai";
import fc from "fast-check";
import { mergedCausally } from "../../src/trace/causal.js";
import { mergedByTime } from "../../src/trace/merge.js";

const other = { view: null, seq: null, timestamp: null, message: "prepare" } as const;

function sent(replica: number, id: string, at: number, to: readonly number[] = []): TraceEvent {
  return { at, kind: "sent", replica, id, to, statement: { kind: "other", message: "x" } };
}

function took(replica: number, id: string, at: number, via: number): TraceEvent {
  const name = `replica ${via}`;
  return { at, kind: "took", replica, id, via: name, signer: name, ...other };
}

/** What has happened, in an order in which it could: each replica's own events, and the id of each message. */
interface Run {
  readonly streams: readonly TraceEvent[][];
}

const REPLICAS = 4;

/** A run of messages that are sent and taken later, and how wrong each clock is. */
const runs = fc
  .tuple(
    fc.array(fc.record({ from: fc.nat(REPLICAS - 1), to: fc.nat(REPLICAS - 1), wait: fc.nat(6) }), { maxLength: 60 }),
    fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: REPLICAS, maxLength: REPLICAS }),
  )
  .map(([messages, skews]): Run => {
    const streams: TraceEvent[][] = Array.from({ length: REPLICAS }, () => []);
    const due = new Map<number, (() => void)[]>();
    let now = 0;
    for (const [index, { from, to, wait }] of messages.entries()) {
      now += 1;
      for (const arrive of due.get(index) ?? []) arrive();
      streams[from]?.push(sent(from, `m${index}`, now + (skews[from] ?? 0), [to]));
      const arrive = () => streams[to]?.push(took(to, `m${index}`, now + (skews[to] ?? 0), from));
      if (to !== from) due.set(index + 1 + wait, [...(due.get(index + 1 + wait) ?? []), arrive]);
    }
    for (const [index, arrivals] of due) if (index >= messages.length) for (const arrive of arrivals) arrive();
    return { streams };
  });

/** Messages that are taken before they are sent. */
function takenTooEarly(events: readonly TraceEvent[]): readonly string[] {
  const all = new Set(events.flatMap((event) => (event.kind === "sent" ? event.id : [])));
  const before = new Set<string>();
  return events.flatMap((event) => {
    if (event.kind === "sent") before.add(event.id);
    return event.kind === "took" && all.has(event.id) && !before.has(event.id) ? event.id : [];
  });
}

function expectAllInOrder(merged: readonly TraceEvent[], streams: readonly (readonly TraceEvent[])[]): void {
  expect(merged).to.have.length(streams.flat().length);
  for (const stream of streams) expect(merged.filter((event) => stream.includes(event))).to.deep.equal(stream);
}

describe("one trace in causal order", () => {
  it("whatever the clocks say: each process keeps its order, and a message is sent before it is taken", () => {
    fc.assert(
      fc.property(runs, ({ streams }) => {
        const merged = [...mergedCausally(streams)];
        expectAllInOrder(merged, streams);
        expect(takenTooEarly(merged)).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });

  it("the order by time alone would take messages before they are sent: the property can fail", () => {
    const streams = [[sent(0, "m", 500)], [took(1, "m", 10, 0)]];
    expect(takenTooEarly([...mergedByTime(streams)])).to.deep.equal(["m"]);
    expect(takenTooEarly([...mergedCausally(streams)])).to.deep.equal([]);
  });

  it("with clocks that agree it is the order of time", () => {
    const streams = [
      [sent(0, "a", 1), sent(0, "b", 5)],
      [took(1, "a", 2, 0), sent(1, "c", 3)],
    ];
    expect([...mergedCausally(streams)].map(({ at }) => at)).to.deep.equal([1, 2, 3, 5]);
  });

  it("a request is handed in before it is taken, and answered after it is replied to", () => {
    const about = { client: 3, timestamp: 7 };
    const client: TraceEvent[] = [
      { at: 90, kind: "invoked", ...about, operations: ["set x 1"], readOnly: false },
      { at: 91, kind: "answered", ...about, seq: 1, results: [] },
    ];
    const named = { via: "client 3", signer: "client 3", message: "request", view: null, seq: null, timestamp: 7 };
    const replica: TraceEvent[] = [
      { at: 1, kind: "took", replica: 0, id: "r", ...named },
      { at: 200, kind: "replied", replica: 0, id: "a", ...about, seq: 1, view: 0, ordered: true, results: [] },
    ];
    expect([...mergedCausally([client, replica])].map(({ kind }) => kind)).to.deep.equal([
      "invoked",
      "took",
      "replied",
      "answered",
    ]);
  });

  it("a liar whose events wait for each other in a circle holds up nobody, and others keep their order", () => {
    const liar = [took(0, "b", 1, 1), sent(0, "a", 2)];
    const accomplice = [took(1, "a", 3, 0), sent(1, "b", 4)];
    const correct = [sent(2, "m", 900), sent(2, "n", 901)];
    const receiver = [took(3, "m", 5, 2), took(3, "n", 6, 2)];
    const streams = [liar, accomplice, correct, receiver];
    const merged = [...mergedCausally(streams)];
    expectAllInOrder(merged, streams);
    const wrong = takenTooEarly(merged);
    expect(wrong, "one of the two, and no message of a correct replica").to.have.length(1);
    expect(["a", "b"]).to.include(wrong[0]);
  });

  it("nonsense of any kind comes out whole: names that repeat, that nobody sent, that one sent itself", () => {
    const names = fc.constantFrom("a", "b", "c");
    const events = fc.array(
      fc.tuple(fc.constantFrom("sent", "took"), names, fc.integer({ min: 0, max: 50 }), fc.nat(2)).map(([kind, id, at, via]) => {
        return kind === "sent" ? sent(0, id, at) : took(0, id, at, via);
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.array(events, { maxLength: 4 }), fc.integer({ min: 1, max: 8 }), (streams, ahead) => {
        expectAllInOrder([...mergedCausally(streams, ahead)], streams);
      }),
      { numRuns: 300 },
    );
  });

  it("what stands too far ahead is not waited for, so that memory is bounded", () => {
    const far = [...Array.from({ length: 10 }, (_, at) => sent(0, `x${at}`, 100 + at)), sent(0, "m", 200)];
    const streams = [far, [took(1, "m", 1, 0)]];
    expect([...mergedCausally(streams, 4)][0]).to.deep.include({ kind: "took" });
    expect(takenTooEarly([...mergedCausally(streams, 20)])).to.deep.equal([]);
  });
});
