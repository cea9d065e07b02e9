import { expect } from "chai";
import { type DrawnChart, wantedChart } from "../../src/dashboard/chart-view.js";
import { reduce } from "../../src/dashboard/reducer.js";
import type { Command, DashboardState } from "../../src/dashboard/state.js";
import { span } from "../../src/view/line.js";
import { allUp, dashboard, START_MS, screenOf, status } from "../support/fixtures.js";

const executed = (seq: number): DashboardState => ({
  ...dashboard(allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: seq } }))),
  page: "chart",
});

const drawn = (seq: number, other: Partial<DrawnChart> = {}): DrawnChart => ({
  seq,
  atMs: START_MS,
  tookMs: 10,
  columns: 80,
  result: { ok: true, lines: [[span("the chart")]] },
  ...other,
});

const after = (state: DashboardState, chart: DrawnChart) => reduce(state, { kind: "chart", drawn: chart }).state;
const tick = (state: DashboardState, ms: number) => reduce(state, { kind: "tick", atMs: START_MS + ms });

describe("dashboard/chart-view", () => {
  it("is drawn when its page is opened, once at a time", () => {
    const closed: DashboardState = { ...executed(12), page: "overview" };
    expect(tick(closed, 0).commands).to.deep.equal([]);
    const opened = reduce(closed, { kind: "key", key: { kind: "character", character: "c" }, atMs: START_MS });
    const wanted: Command[] = [{ kind: "chart", seq: 12, newest: true, columns: 80 }];
    expect(opened.commands).to.deep.equal(wanted);
    expect(tick(opened.state, 5000).commands).to.deep.equal([]);
  });

  it("is of the slot under the cursor, or of the newest that was executed", () => {
    const pointed = { ...executed(12), cursor: 4 };
    expect(wantedChart(pointed, START_MS)).to.equal(4);
    expect(tick(pointed, 0).commands).to.deep.equal([{ kind: "chart", seq: 4, newest: false, columns: 80 }]);
    expect(wantedChart(executed(12), START_MS)).to.equal(12);
    expect(wantedChart(executed(0), START_MS)).to.equal(null);
  });

  it("is drawn again when another slot is the newest, or the screen has another width, at most once a second", () => {
    const state = after(executed(13), drawn(12));
    expect(tick(state, 900).commands).to.deep.equal([]);
    expect(tick(state, 1000).commands).to.deep.equal([{ kind: "chart", seq: 13, newest: true, columns: 80 }]);
    const wider = { ...after(executed(12), drawn(12)), size: { columns: 100, rows: 24 } };
    expect(tick(wider, 1000).commands).to.deep.equal([{ kind: "chart", seq: 12, newest: true, columns: 100 }]);
  });

  it("takes a small share of the time, however long it takes to draw", () => {
    const slow = after(executed(13), drawn(12, { tookMs: 200 }));
    expect(tick(slow, 1900).commands).to.deep.equal([]);
    expect(tick(slow, 2000).commands).to.have.length(1);
  });

  it("is drawn at once when somebody points at another slot", () => {
    const slow = after(executed(13), drawn(13, { tookMs: 5000 }));
    const left = reduce(slow, { kind: "key", key: { kind: "left" }, atMs: START_MS + 1 });
    expect(left.commands).to.deep.equal([{ kind: "chart", seq: 12, newest: false, columns: 80 }]);
    expect(reduce(left.state, { kind: "key", key: { kind: "left" }, atMs: START_MS + 2 }).commands).to.deep.equal([]);
  });

  it("is drawn again while somebody has not executed the slot, and then no more", () => {
    const behind = dashboard(allUp(1, (id, n) => status(id, n, { machine: { lastExecuted: id === 3 ? 11 : 12 } })));
    expect(tick(after({ ...behind, page: "chart" }, drawn(12)), 2000).commands).to.have.length(1);
    expect(tick(after(executed(12), drawn(12)), 2000).commands).to.deep.equal([]);
  });

  it("is drawn anew with Enter, while the old one is shown", () => {
    const state = after(executed(12), drawn(12));
    const asked = reduce(state, { kind: "key", key: { kind: "enter" }, atMs: START_MS + 1 });
    expect(asked.commands).to.deep.equal([{ kind: "chart", seq: 12, newest: true, columns: 80 }]);
    expect(screenOf(asked.state).join("\n")).to.contain("the chart").and.contain("the newest slot is drawn ...");
  });

  it("says why there is none", () => {
    const failed = after(executed(12), drawn(12, { result: { ok: false, why: "replica 0 has no trace" } }));
    expect(screenOf(failed).join("\n"))
      .to.match(/ slot 12 +the newest at /)
      .and.contain(" replica 0 has no trace");
    expect(screenOf(executed(0)).join("\n")).to.contain("no slot was executed yet");
  });
});
