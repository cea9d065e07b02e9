import { CALM, drawPlan, simulate } from "@bft/sim";
import { expect } from "chai";

/** `HUNT_SEEDS=1000-2000` hunts in other seeds. A failure names its seed and how to see it. */
const [FIRST, LAST] = (process.env["HUNT_SEEDS"] ?? "1-400").split("-").map(Number) as [number, number];

describe("hunt: whatever a seed does, up to f liars break nothing", () => {
  const seen = { executed: 0, view: 0, crashes: 0, transfers: 0, lies: 0 };

  for (let first = FIRST; first <= LAST; first += 50) {
    const last = Math.min(first + 49, LAST);
    it(`seeds ${first} to ${last}`, () => {
      for (let seed = first; seed <= last; seed++) {
        const { violation, stats } = simulate(drawPlan(seed, {}));
        if (violation !== null) expect.fail(`${violation.checker}: ${violation.what}\nsee: bft sim replay --seed ${seed}`);
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += stats[key];
      }
    }).timeout(120_000);
  }

  it("the seeds really had executions, view changes, crashes, state transfers and lies", () => {
    const seeds = LAST - FIRST + 1;
    expect(seen.executed).to.be.greaterThan(5 * seeds);
    for (const [what, count] of Object.entries(seen)) expect(count, what).to.be.greaterThan(seeds / 4);
  });
});

describe("hunt: a crowd of clients, whose batches are large enough for some replicas to reply and others not to", () => {
  const SEEDS = 40;

  it(`seeds 1 to ${SEEDS}, in which replies were really spared`, () => {
    const crowd = { clients: 12, requests: 60, batch: 32, "timeout-ms": 600 };
    let spared = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const executed = new Set<string>();
      const replied = new Set<string>();
      const { violation } = simulate(drawPlan(seed, crowd), (event) => {
        if (event.kind === "executed")
          for (const { client, timestamp } of event.requests) executed.add(`${event.replica} ${client}/${timestamp}`);
        if (event.kind === "replied") replied.add(`${event.replica} ${event.client}/${event.timestamp}`);
      });
      spared += [...executed].filter((each) => !replied.has(each)).length;
      if (violation !== null)
        expect.fail(
          `${violation.checker}: ${violation.what}\nsee: bft sim replay --seed ${seed} --set clients=12 --set requests=60 --set batch=32 --set timeout-ms=600`,
        );
    }
    expect(spared).to.be.greaterThan(SEEDS);
  }).timeout(120_000);
});

for (const protocol of ["multipaxos", "raft"] as const) {
  describe(`hunt: ${protocol} under crashes, lost disks and a broken network`, () => {
    const [first, last] = (process.env["HUNT_SEEDS"] ?? "1-150").split("-").map(Number) as [number, number];

    it(`seeds ${first} to ${last}, in which these faults really happened`, () => {
      const seen = { executed: 0, view: 0, crashes: 0, transfers: 0 };
      for (let seed = first; seed <= last; seed++) {
        const { violation, stats } = simulate(drawPlan(seed, { protocol }));
        if (violation !== null)
          expect.fail(`${violation.checker}: ${violation.what}\nsee: bft sim replay --protocol ${protocol} --seed ${seed}`);
        expect(stats.lies, "nobody lies unless it is pinned").to.equal(0);
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += stats[key];
      }
      const seeds = last - first + 1;
      expect(seen.executed).to.be.greaterThan(5 * seeds);
      for (const [what, count] of Object.entries(seen)) expect(count, what).to.be.greaterThan(seeds / 4);
    }).timeout(600_000);

    it("one liar with two stories breaks agreement, and the majorities that met only in it are named", () => {
      const found = Array.from({ length: 10 }, (_, i) =>
        simulate(drawPlan(i + 1, { ...CALM, protocol, f: 1, replicas: 3, liars: 1, behaviour: "equivocate" })),
      ).flatMap(({ violation }) => (violation?.checker === "agreement" ? [violation.what] : []));
      expect(found.length).to.be.at.least(3);
      expect(found.join()).to.match(/meet only in the liar/);
    });
  });
}

describe("beyond the bound: f+1 liars with one plan break agreement", () => {
  it("and the two quorums that met only in liars are named", () => {
    const violations = Array.from({ length: 20 }, (_, i) =>
      simulate(
        drawPlan(i + 1, { f: 1, replicas: 4, liars: 2, behaviour: "collude", drop: 0, crashes: 0, cuts: 0, "lying-clients": 0 }),
      ),
    ).flatMap(({ violation }) => (violation === null ? [] : [violation]));
    const agreement = violations.filter(({ checker }) => checker === "agreement");
    expect(agreement.length).to.be.at.least(5);
    for (const { what } of agreement) expect(what).to.match(/meet only in/);
  });

  it("while f of them, with the same plan, break nothing", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { violation } = simulate(drawPlan(seed, { f: 1, replicas: 4, liars: 1, behaviour: "collude" }));
      expect(violation, `seed ${seed}`).to.equal(null);
    }
  });
});
