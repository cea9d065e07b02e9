import type { TraceEvent } from "@bft/core";
import { expect } from "chai";
import fc from "fast-check";
import { drawn } from "../../src/chart/draw.js";
import { chartHtml } from "../../src/chart/html.js";
import { chartMermaid } from "../../src/chart/mermaid.js";
import type { Selection } from "../../src/chart/selection.js";
import { chartSvg } from "../../src/chart/svg.js";
import { chartLines } from "../../src/chart/text.js";
import { lineWidth } from "../../src/view/line.js";

// Few ids, sequence numbers and views, so that everything contradicts everything.
const replica = fc.nat(4);
const id = fc.constantFrom("a", "b", "c");
const seq = fc.nat(3);
const view = fc.nat(2);
const digest = fc.constantFrom("d1", "d2");
const to = fc.array(replica, { maxLength: 3 });
const client = fc.nat(1);
const timestamp = fc.nat(2);
const name = fc.oneof(
  replica.map((each) => `replica ${each}`),
  client.map((each) => `client ${each}`),
  fc.constant("nobody"),
);
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const kind = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);
const request = fc.record({ client, timestamp, operations: fc.array(fc.string()), results: fc.constant([]) });

const statement = fc.oneof(
  fc.record({ kind: kind("pre-prepare", "prepare", "commit", "accepted"), view, seq, digest }),
  fc.record({ kind: kind("view-change"), newView: view, stableSeq: seq, prepared: fc.constant([]) }),
  fc.record({ kind: kind("new-view"), view, viewChanges: fc.constant([]), prePrepares: fc.array(fc.record({ seq, digest })) }),
  fc.record({ kind: kind("accept"), view, values: fc.array(fc.record({ seq, digest })) }),
  fc.record({ kind: kind("candidate", "promise"), view }),
  fc.record({ kind: kind("chosen"), view, upTo: seq }),
  fc.anything(),
);

/** Any event of a trace, sound or not. */
const event = fc
  .tuple(
    fc.integer({ min: -5, max: 50 }),
    fc.oneof(
      fc.record({ kind: kind("sent"), replica, id, to, statement }),
      fc.record({ kind: kind("relayed"), replica, id, to, signer: name, message: kind("request", "commit", "x") }),
      fc.record({
        kind: kind("took"),
        replica,
        id,
        via: name,
        signer: name,
        message: kind("request", "prepare", "commit", "view-change"),
        view: some(view),
        seq: some(seq),
        timestamp: some(timestamp),
      }),
      fc.record({
        kind: kind("dropped"),
        replica,
        id: some(id),
        from: name,
        message: kind("request", "commit"),
        reason: fc.string(),
      }),
      fc.record({
        kind: kind("replied"),
        replica,
        id,
        client,
        timestamp,
        seq,
        view,
        ordered: fc.boolean(),
        results: fc.constant([]),
      }),
      fc.record({ kind: kind("executed"), replica, seq, view, digest, requests: fc.array(request, { maxLength: 2 }) }),
      fc.record({ kind: kind("view-change-started"), replica, view, because: fc.string() }),
      fc.record({ kind: kind("view-entered"), replica, view, primary: replica }),
      fc.record({ kind: kind("started"), replica, view, lastExecuted: seq, lowWaterMark: seq, abstaining: fc.boolean() }),
      fc.record({ kind: kind("crashed", "disk-lost"), replica }),
      fc.record({ kind: kind("behaves"), replica, behaviour: some(fc.string()) }),
      fc.record({ kind: kind("timer-fired"), replica, timer: kind("view-change", "status") }),
      fc.record({ kind: kind("link-fault"), replica, towards: to, fault: some(kind("cut", "late")) }),
      fc.record({ kind: kind("invoked"), client, timestamp, operations: fc.array(fc.string()), readOnly: fc.boolean() }),
      fc.record({ kind: kind("answered"), client, timestamp, seq, results: fc.constant([]) }),
      fc.record({ kind: kind("delivered", "lost"), id, from: name, to: name, message: fc.string(), because: fc.string() }),
      fc.record({ kind: kind("fault"), what: fc.string() }),
    ),
  )
  .map(([at, happening]) => ({ at, ...happening }) as unknown as TraceEvent);

const selection: fc.Arbitrary<Selection> = fc.oneof(
  seq.map((each) => ({ kind: "seq", seq: each }) as const),
  view.map((each) => ({ kind: "view", view: each }) as const),
  fc.integer({ min: 1, max: 4 }).map((count) => ({ kind: "last", count }) as const),
);

describe("charts of anything", () => {
  it("are drawn by every renderer, whatever a trace says: nothing throws or hangs, and no message arrives before it is sent", () => {
    let charts = 0;
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 5, maxLength: 80, size: "max" }),
        selection,
        kind("pbft", "raft", "multipaxos"),
        (events, wanted, protocol) => {
          const result = drawn({ protocol, replicas: 4, faults: 1 }, wanted, () => events);
          if (!result.ok) return;
          charts += 1;
          const { chart } = result;
          for (const { sentRow, arrivedRow } of chart.messages)
            expect(arrivedRow ?? sentRow).to.be.within(sentRow, chart.rows.length - 1);
          for (const line of chartLines(chart, 80)) expect(lineWidth(line)).to.be.at.most(80);
          for (const render of [chartSvg, chartMermaid, chartHtml]) expect(render(chart)).to.not.match(/\bNaN\b|\bundefined\b/);
        },
      ),
      { numRuns: 500 },
    );
    expect(charts, "most of them tell something").to.be.above(100);
  }).timeout(60_000);
});
