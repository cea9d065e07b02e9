import type { TraceEvent } from "@bft/core";
import { ANY } from "@bft/sim";
import { expect } from "chai";
import { type Chart, type ChartMessage, isLate, stateAt } from "../../src/chart/chart.js";
import { drawn } from "../../src/chart/draw.js";
import { chartIn, simRun, without } from "./support.js";

function phasesOf(chart: Chart): readonly string[] {
  return chart.bands.map(({ name }) => name);
}

function ofPhase({ messages }: Chart, phase: string): readonly ChartMessage[] {
  return messages.filter((message) => message.phase === phase);
}

const UNTOLD = "its sending is not told";

/** What holds of every chart, whoever lies. */
function expectSound(chart: Chart): void {
  const rows = chart.rows.length;
  for (const { sentRow, arrivedRow, from, to, detail, phase } of chart.messages) {
    expect(sentRow).to.be.within(0, rows - 1);
    // A heartbeat that says nothing new to one replica may do so to another.
    if (phase !== "chosen") expect(detail, "simulated replicas tell of all that they send").to.not.equal(UNTOLD);
    if (arrivedRow !== null) expect(arrivedRow).to.be.within(sentRow + 1, rows - 1);
    expect([chart.lanes[from], chart.lanes[to]]).to.not.include(undefined);
  }
  for (const { row, lane } of chart.marks) {
    expect(row).to.be.within(0, rows - 1);
    if (lane !== null) expect(chart.lanes[lane]).to.not.equal(undefined);
  }
  let last = -1;
  for (const { from, to } of chart.bands) {
    expect(from).to.equal(last + 1);
    expect(to).to.be.at.least(from);
    last = to;
  }
  const order = chart.states.map(({ row }) => row);
  expect(order).to.deep.equal([...order].sort((a, b) => a - b));
}

describe("chart of a sequence number", () => {
  const run = simRun();
  const chart = chartIn(run, { kind: "seq", seq: 1 });

  it("has the phases of the normal case in the paper's order (§4.2, figure 1)", () => {
    expect(phasesOf(chart)).to.deep.equal(["request", "pre-prepare", "prepare", "commit", "reply"]);
    expectSound(chart);
  });

  it("has lanes for the client and the replicas, and names the primary", () => {
    expect(chart.lanes.map(({ name, primary }) => [name, primary])).to.deep.equal([
      ["client 0", false],
      ["replica 0", true],
      ["replica 1", false],
      ["replica 2", false],
      ["replica 3", false],
    ]);
  });

  it("has every message of the normal case: each is taken, or came when it was not needed any more", () => {
    expect(ofPhase(chart, "pre-prepare")).to.have.length(3);
    expect(ofPhase(chart, "prepare")).to.have.length(9);
    expect(ofPhase(chart, "commit")).to.have.length(12);
    expect(ofPhase(chart, "reply")).to.have.length(4);
    for (const message of chart.messages)
      expect(message.fate === "taken" || isLate(message), JSON.stringify(message)).to.equal(true);
  });

  it("tells how each replica stands in each row: nothing at first, at the end it has executed", () => {
    for (const replica of [0, 1, 2, 3]) {
      expect(stateAt(chart, replica, -1)).to.deep.include({ lastExecuted: 0, view: 0, up: true, slots: [] });
      const end = stateAt(chart, replica, chart.rows.length - 1);
      expect(end?.lastExecuted).to.equal(1);
      expect(end?.slots[0]).to.deep.include({ seq: 1, phase: "executed" });
      expect(end?.slots[0]?.commits.length).to.be.at.least(3);
    }
  });

  it("never counts a vote before it has arrived: a replica prepares with 2f prepares and the pre-prepare (§4.2)", () => {
    for (const { kind, row, lane } of chart.marks.filter((mark) => mark.kind === "prepared")) {
      const replica = chart.lanes[lane ?? 0]?.id ?? 0;
      const before = stateAt(chart, replica, row - 1)?.slots[0];
      expect(before?.prepares.length, kind).to.be.at.least(3);
    }
  });

  it("is the same for the same trace, and for the others of the run", () => {
    expect(chartIn(run, { kind: "seq", seq: 1 })).to.deep.equal(chart);
    expect(chartIn(run, { kind: "seq", seq: 2 }).title).to.equal("sequence number 2");
  });

  it("of one that nobody has told of there is none, and it is known which there are", () => {
    const result = drawn(run.facts, { kind: "seq", seq: 99 }, () => run.events);
    expect(result).to.deep.include({ ok: false });
    expect(!result.ok && result.known.seqs?.first).to.equal(1);
  });

  it("has the last slots, in their order", () => {
    const last = chartIn(run, { kind: "last", count: 2 });
    expect(last.title).to.match(/^sequence numbers \d+ to \d+$/);
    const seqs = [...new Set(last.bands.map(({ seq }) => seq))];
    expect(seqs).to.have.length(2);
    expect(phasesOf(last).filter((name) => name === "pre-prepare")).to.have.length(2);
    expectSound(last);
  });
});

describe("chart of what goes wrong", () => {
  it("a replica that is cut off: what is sent to it is lost, with the reason", () => {
    const chart = chartIn(simRun({}, 1, without(3)), { kind: "seq", seq: 1 });
    const lost = chart.messages.filter(({ fate }) => fate === "lost");
    expect(lost.length).to.be.above(0);
    expect(new Set(lost.map(({ because }) => because))).to.deep.equal(new Set(["the link is cut"]));
    for (const { from, to } of lost) expect([chart.lanes[from]?.id, chart.lanes[to]?.id]).to.include(3);
    expectSound(chart);
  });

  it("a primary that is cut off: the view change that follows, with its timers (§4.4)", () => {
    const chart = chartIn(simRun({}, 1, without(0)), { kind: "view", view: 1 });
    expect(chart.title).to.equal("how view 1 came about");
    expect(phasesOf(chart)).to.deep.equal(["view-change", "new-view"]);
    expect(ofPhase(chart, "new-view").length).to.be.at.least(3);
    expect(chart.marks.map(({ kind }) => kind)).to.include.members(["timer", "wants-view", "entered-view"]);
    expect(chart.lanes.find(({ primary }) => primary)?.name).to.equal("replica 1");
    const entered = chart.marks.filter(({ kind }) => kind === "entered-view");
    for (const { row, lane } of entered) expect(stateAt(chart, chart.lanes[lane ?? 0]?.id ?? 0, row)?.view).to.equal(1);
    expectSound(chart);
  });

  it("a request that spans a view change has its phases twice", () => {
    const run = simRun({}, 1, without(0));
    const chart = chartIn(run, { kind: "last", count: 1 });
    expect(chart.messages.map(({ view }) => view)).to.include(1);
    expectSound(chart);
  });

  it("an equivocating primary: its two pre-prepares are lies, and nobody else's messages are", () => {
    const run = simRun({ liars: 1, behaviour: "equivocate", requests: 8 }, 4);
    const seqs = run.events.flatMap((event) => (event.kind === "executed" ? event.seq : []));
    const charts = [...new Set(seqs)].map((seq) => chartIn(run, { kind: "seq", seq }));
    const lies = charts.flatMap((chart) => chart.messages.filter(({ lying }) => lying).map((message) => ({ chart, message })));
    expect(lies.length).to.be.above(0);
    for (const { chart, message } of lies) expect(chart.lanes[message.from]?.behaviour).to.equal("equivocate");
    for (const chart of charts) expectSound(chart);
  });

  it("a replica that crashes is down from then on", () => {
    const crash = { at: 1, kind: "crash", replica: 2, effects: 0, torn: 0 } as const;
    const run = simRun({}, 1, (plan) => ({ ...plan, actions: [crash, ...plan.actions] }));
    const chart = chartIn(run, { kind: "seq", seq: 1 });
    expect(stateAt(chart, 2, 0)?.up).to.equal(false);
    const lost = chart.messages.filter(({ to }) => chart.lanes[to]?.name === "replica 2");
    expect(lost.length).to.be.above(0);
    for (const { fate, because } of lost)
      if (fate !== "taken") expect([fate, because]).to.deep.equal(["lost", "replica 2 is down"]);
    expect(lost.map(({ fate }) => fate)).to.include("lost");
  });

  for (const protocol of ["raft", "multipaxos"] as const)
    it(`${protocol} in its own words`, () => {
      const run = simRun({ protocol });
      const executed = run.events.flatMap((event) => (event.kind === "executed" && event.requests.length > 0 ? event.seq : []));
      const chart = chartIn(run, { kind: "seq", seq: executed.at(-1) ?? 0 });
      const [ask, agree] = protocol === "raft" ? ["append", "acknowledged"] : ["accept", "accepted"];
      expect(phasesOf(chart).slice(0, 4)).to.deep.equal(["request", ask, agree, "reply"]);
      expect(chart.title).to.match(protocol === "raft" ? /^index \d+$/ : /^instance \d+$/);
      expectSound(chart);
    });

  // Seeds with liars, crashes, cuts, losses and doubled messages; each has to say something else.
  for (const protocol of ["pbft", "raft", "multipaxos"] as const)
    it(`whatever happens in a run of ${protocol}, all its charts are sound and only liars are said to lie`, () => {
      for (let seed = 1; seed <= 6; seed++) {
        const wild = { protocol, requests: 12, crashes: 2, cuts: 2, drop: 0.1, duplicate: 0.1, clients: 3 };
        const run = simRun(protocol === "pbft" ? { ...wild, liars: 1, behaviour: ANY } : wild, seed);
        const views = run.events.flatMap((event) => (event.kind === "view-entered" && event.view > 0 ? event.view : []));
        const charts = [
          chartIn(run, { kind: "last", count: 100 }),
          chartIn(run, { kind: "last", count: 1 }),
          ...[...new Set(views)].slice(0, 3).map((view) => chartIn(run, { kind: "view", view })),
        ];
        for (const chart of charts) {
          expectSound(chart);
          for (const { lying, from } of chart.messages)
            if (lying) expect(chart.lanes[from]?.behaviour, `seed ${seed}`).to.not.equal(null);
        }
      }
    }).timeout(30_000);
});

describe("chart of a hostile trace", () => {
  const { facts, events } = simRun();
  const chart = chartIn({ facts, events }, { kind: "seq", seq: 1 });

  it("events that are not what they should be are left out", () => {
    const nonsense = [
      { at: 1, kind: "sent", replica: 0, id: "x", to: [1], statement: { kind: "prepare", view: -1, seq: 1, digest: "d" } },
      { at: 1, kind: "sent", replica: 0, id: "x", to: ["1"], statement: { kind: "prepare", view: 0, seq: 1, digest: "d" } },
      { at: 1, kind: "sent", replica: 0, id: "x", to: [1], statement: { kind: "gossip", seq: 1 } },
      { at: 1, kind: "executed", replica: 0, seq: 1, view: 0, digest: "d", requests: [null] },
      { at: 1, kind: "executed", replica: 7, seq: 1, view: 0, digest: "d", requests: [] },
      {
        at: 1,
        kind: "took",
        replica: 0,
        id: "x",
        via: "replica 9",
        signer: "x",
        message: "y",
        view: null,
        seq: 1e99,
        timestamp: null,
      },
      { at: Number.NaN, kind: "crashed", replica: 0 },
    ] as unknown as TraceEvent[];
    const result = drawn(facts, { kind: "seq", seq: 1 }, () => [...nonsense, ...events]);
    expect(result).to.deep.equal({ ok: true, chart });
  });

  it("a message that names nobody, comes from nowhere, or was taken by whom it was not sent to, is drawn as far as it goes", () => {
    const about = { view: 0, seq: 1, timestamp: null, message: "commit" };
    const odd: TraceEvent[] = [
      { at: 1e6, kind: "took", replica: 1, id: "zz", via: "replica 3", signer: "replica 3", ...about },
      { at: 1e6, kind: "took", replica: 1, id: "yy", via: "replica 9", signer: "nobody", ...about },
      { at: 1e6, kind: "dropped", replica: 1, id: "zz", from: "somebody", message: "commit", reason: "odd" },
    ];
    const result = drawn(facts, { kind: "seq", seq: 1 }, () => [...events, ...odd]);
    if (!result.ok) throw new Error("there is no chart");
    expect(result.chart.messages.map(({ id }) => id))
      .to.include("zz")
      .and.not.include("yy");
    expect(result.chart.messages.find(({ id }) => id === "zz")?.detail).to.equal(UNTOLD);
  });

  it("a flood is cut at a bound, and the chart says so", () => {
    const flood = Array.from({ length: 25_000 }, (_, i): TraceEvent => {
      const statement = { kind: "prepare", view: 0, seq: 1, digest: `d${i}` } as const;
      return { at: 2000 + i, kind: "sent", replica: 3, id: `m${i}`, to: [0], statement };
    });
    const result = drawn(facts, { kind: "seq", seq: 1 }, () => [...events, ...flood]);
    expect(result.ok && result.chart.notes.join()).to.match(/ends after 20000 events/);
  }).timeout(30_000);
});
