import { createHash } from "node:crypto";
import type { TraceEvent } from "@bft/core";
import { CALM, type Deed, drawPlan, type Plan, simulate } from "@bft/sim";
import { expect } from "chai";

/** A quiet cluster of four with one client that submits every 100 ms, and what else is to happen. */
function planWith(actions: readonly ({ readonly at: number } & Deed)[], changes: Partial<Plan> = {}): Plan {
  const quiet = drawPlan(1, {
    ...CALM,
    service: "kv",
    f: 1,
    replicas: 4,
    clients: 1,
    requests: 0,
    trouble: 5_000,
    "delay-ms": 5,
    reads: "ordered",
    checkpoint: 4,
  });
  const submissions = Array.from({ length: 40 }, (_, i) => ({
    at: 100 * i,
    kind: "submit" as const,
    client: 0,
    operations: [`set k ${i}`],
    readOnly: false,
  }));
  const all = [...submissions, ...actions].sort((a, b) => a.at - b.at);
  return { ...quiet, heal: { at: 5_000, core: [0, 1, 2, 3], withinMs: 60_000 }, actions: all, ...changes };
}

function traceOf(plan: Plan): { readonly events: TraceEvent[]; readonly report: ReturnType<typeof simulate> } {
  const events: TraceEvent[] = [];
  const report = simulate(plan, (event) => events.push(event));
  return { events, report };
}

function only<K extends TraceEvent["kind"]>(events: readonly TraceEvent[], kind: K): Extract<TraceEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind);
}

const hashOf = (events: readonly TraceEvent[]) =>
  createHash("sha256")
    .update(events.map((event) => JSON.stringify(event)).join("\n"))
    .digest("hex");

describe("a simulated world", () => {
  it("same seed, same trace, byte for byte", function () {
    this.timeout(60_000);
    const hashes = new Set<string>();
    for (let seed = 1; seed <= 10; seed++) {
      const [first, second] = [traceOf(drawPlan(seed, {})), traceOf(drawPlan(seed, {}))];
      expect(first.events.length).to.be.greaterThan(100);
      expect(hashOf(first.events), `seed ${seed}`).to.equal(hashOf(second.events));
      hashes.add(hashOf(first.events));
    }
    expect(hashes.size).to.equal(10);
  });

  it("tells the same with and without the ways of single messages", () => {
    const plan = drawPlan(3, {});
    const { stats, violation } = simulate(plan);
    const { report } = traceOf(plan);
    expect(report.stats).to.deep.equal(stats);
    expect(report.violation).to.deep.equal(violation);
  });

  it("in a calm one everything is answered in view 0 and nobody leaves it", () => {
    const { events, report } = traceOf(planWith([]));
    expect(report.violation).to.equal(null);
    expect(report.stats).to.include({ answered: 41, view: 0, crashes: 0, transfers: 0, lies: 0 });
    expect(only(events, "view-change-started")).to.deep.equal([]);
    expect(only(events, "executed").length).to.be.at.least(4 * 41);
  });

  it("a crashed primary is replaced, comes back from its disk, and has lost nothing that it said", () => {
    const { events, report } = traceOf(
      planWith([
        { at: 1_000, kind: "crash", replica: 0, effects: 3, torn: 2 },
        { at: 3_000, kind: "restart", replica: 0 },
      ]),
    );
    expect(report.violation).to.equal(null);
    expect(only(events, "crashed").map(({ replica }) => replica)).to.deep.equal([0]);
    expect(only(events, "view-entered").some(({ view }) => view === 1)).to.equal(true);
    const [, again] = only(events, "started").filter(({ replica }) => replica === 0);
    expect(again?.lastExecuted).to.be.greaterThan(0);
    expect(again?.abstaining).to.equal(false);
  });

  it("a replica without its disk comes back without a memory, fetches the state, and votes again", () => {
    const { events, report } = traceOf(
      planWith([
        { at: 1_000, kind: "wipe", replica: 3 },
        { at: 2_000, kind: "restart", replica: 3 },
      ]),
    );
    expect(report.violation).to.equal(null);
    expect(only(events, "disk-lost").length).to.equal(1);
    const [, again] = only(events, "started").filter(({ replica }) => replica === 3);
    expect(again).to.include({ lastExecuted: 0, abstaining: true });
    expect(only(events, "state-installed").some(({ replica }) => replica === 3)).to.equal(true);
    expect(only(events, "votes-again").some(({ replica }) => replica === 3)).to.equal(true);
  });

  it("a cut is one-way: what it stops is lost, what comes back is not", () => {
    const { events, report } = traceOf(
      planWith([
        { at: 1_000, kind: "cut", from: [2], to: [0, 1, 3] },
        { at: 4_000, kind: "mend" },
      ]),
    );
    expect(report.violation).to.equal(null);
    const lost = only(events, "lost");
    expect(new Set(lost.map(({ from, because }) => `${from}: ${because}`))).to.deep.equal(
      new Set(["replica 2: the link is cut"]),
    );
    expect(only(events, "delivered").some(({ at, to }) => at > 1_100 && at < 4_000 && to === "replica 2")).to.equal(true);
  });

  it("a minority that is cut off executes nothing new until the cut is mended", () => {
    const { events, report } = traceOf(
      planWith([
        { at: 1_000, kind: "cut", from: [2, 3], to: [0, 1] },
        { at: 1_000, kind: "cut", from: [0, 1], to: [2, 3] },
        { at: 4_500, kind: "mend" },
      ]),
    );
    expect(report.violation).to.equal(null);
    expect(only(events, "executed").filter(({ at }) => at > 1_050 && at < 4_500)).to.deep.equal([]);
    expect(report.stats.answered).to.equal(41);
  });

  it("a slow replica takes its inputs late, and in order", () => {
    const busy = traceOf(planWith([{ at: 0, kind: "slow", replica: 3, inputMs: 40 }])).events;
    const free = traceOf(planWith([])).events;
    const executedBy3 = (events: readonly TraceEvent[]) =>
      only(events, "executed").find(({ replica, seq }) => replica === 3 && seq === 10)?.at ?? Number.NaN;
    expect(executedBy3(busy)).to.be.greaterThan(executedBy3(free) + 40);
    const seqs = only(busy, "executed").flatMap(({ replica, seq }) => (replica === 3 ? [seq] : []));
    expect(seqs).to.deep.equal([...seqs].sort((a, b) => a - b));
  });

  it("after the healing whoever is not in the core is gone, and the core finishes alone", () => {
    const { events, report } = traceOf(planWith([], { heal: { at: 2_000, core: [1, 2, 3], withinMs: 60_000 } }));
    expect(report.violation).to.equal(null);
    expect(only(events, "healed")).to.have.length(1);
    expect(only(events, "crashed").map(({ replica }) => replica)).to.deep.equal([0]);
    expect(report.stats.view).to.be.at.least(1);
  });

  it("what is not finished in time is found, with the request that waits", () => {
    const { report } = traceOf(planWith([], { heal: { at: 2_000, core: [0, 1, 2, 3], withinMs: 10 } }));
    expect(report.violation?.checker).to.equal("liveness");
    expect(report.violation?.what).to.match(/^request 0\/\d+ \[.*\], asked for at \d+ ms, is not answered 10 ms after/);
  });

  it("refuses a plan for a protocol or a service that there is not", () => {
    expect(() => simulate(planWith([], { protocol: "vote" }))).to.throw(RangeError, /no protocol "vote"/);
    expect(() => simulate(planWith([], { service: "shop" }))).to.throw(RangeError, /no service "shop"; there are: /);
  });
});
