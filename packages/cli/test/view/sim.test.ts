import { drawPlan, PLAN_OPTIONS, type Violation } from "@bft/sim";
import { expect } from "chai";
import { lineText } from "../../src/view/line.js";
import {
  type HuntEnd,
  huntLines,
  optionLines,
  planLine,
  progressText,
  sizeText,
  statsLine,
  verdictLine,
  violationLines,
} from "../../src/view/sim.js";

const totals = { simulatedMs: 7_200_000, delivered: 1_234_567, lies: 42, undecided: 0 };
const counts = { done: 412, seeds: 1000, totals, violations: 0, elapsedMs: 60_000 };
const end: HuntEnd = { ...counts, done: 1000, from: 1, interrupted: false, keepGoing: false, folder: ".bft-sim/x" };
const violation: Violation = {
  checker: "agreement",
  at: 812.25,
  what: "replicas 0 and 2\u009b differ",
  replicas: [0, 2],
  seq: 1,
};

describe("view/sim", () => {
  it("tells the progress in one line", () => {
    expect(progressText(counts)).to.equal(
      "412 of 1000 seeds · no violation · 412 a minute · 2 h 0 min simulated · 1.2M messages · 42 lies",
    );
    expect(progressText({ ...counts, violations: 2 })).to.match(/^412 of 1000 seeds · 2 violations · /);
  });

  const ends: readonly (readonly [title: string, end: Partial<HuntEnd>, first: string])[] = [
    ["all hold", {}, "no violation in seeds 1 to 1000"],
    ["one seed", { seeds: 1, done: 1, from: 7 }, "no violation in seed 7"],
    [
      "a violation",
      { done: 17, violations: 1 },
      "1 violation in seeds 1 to 17; go on behind it with --keep-going, or with --from 18",
    ],
    ["violations, all run", { violations: 3, keepGoing: true }, "3 violations in seeds 1 to 1000"],
    ["interrupted", { done: 10, interrupted: true }, "no violation in seeds 1 to 10; interrupted, go on with: --from 11"],
    ["interrupted at once", { done: 0, interrupted: true }, "no violation in no seed; interrupted, go on with: --from 1"],
  ];
  for (const [title, other, first] of ends) {
    it(`tells the end: ${title}`, () => {
      const [line, details] = huntLines({ ...end, ...other }).map(lineText);
      expect(line).to.equal(first);
      expect(details).to.match(
        /^1 min 0 s, .* seeds a minute, 2 h 0 min simulated, 1.2M messages, 42 lies; results: .bft-sim\/x$/,
      );
    });
  }

  it("tells what was not judged", () => {
    const lines = huntLines({ ...end, totals: { ...totals, undecided: 2 } }).map(lineText);
    expect(lines.at(-1)).to.equal("2 seeds with a client history too long to be judged; all else was");
    expect(lineText(verdictLine(null, true))).to.match(
      /^holds, but whether the client history is linearizable was not found out/,
    );
  });

  it("tells a violation with the commands to see it again, and nothing that a terminal would obey", () => {
    const lines = violationLines({
      seed: 17,
      violation,
      transcript: "t.txt",
      replay: "bft sim replay --seed 17",
      shrink: "bft sim shrink --seed 17",
    });
    expect(lines.map(lineText)).to.deep.equal([
      "seed 17: agreement violated at 812 ms: replicas 0 and 2\\u009b differ",
      "  replay   bft sim replay --seed 17",
      "  shrink   bft sim shrink --seed 17",
      "  plan     t.txt",
    ]);
    expect(lineText(verdictLine(null))).to.equal("holds");
  });

  it("tells what a seed has drawn", () => {
    const plan = drawPlan(3, {
      f: 1,
      replicas: 4,
      liars: 1,
      behaviour: "silent",
      clients: 2,
      "lying-clients": 0,
      drop: 0.2,
      requests: 8,
      crashes: 0,
    });
    expect(lineText(planLine(plan))).to.match(
      /pbft, kv, f = 1, 4 replicas, 2 clients, replica \d silent, delay .* ms, drop 0.2, .*submit 8.*heals at \d+ ms/,
    );
    expect(sizeText(plan)).to.match(/^\d+ actions, 4 replicas, 1 liar and 2 clients$/);
  });

  it("tells what a run came to", () => {
    const stats = { simulatedMs: 5000, delivered: 10, executed: 4, answered: 1, view: 2, crashes: 2, transfers: 0, lies: 1 };
    expect(lineText(statsLine(stats))).to.equal(
      "5 s simulated, 10 messages, executed up to 4, 1 answer, view 2, 2 crashes, 0 state transfers, 1 lie",
    );
  });

  it("explains every option, also where there is little room", () => {
    for (const columns of [100, 40]) {
      const lines = optionLines(PLAN_OPTIONS, columns).map(lineText);
      for (const { name } of PLAN_OPTIONS) expect(lines.some((line) => line.startsWith(`${name} `))).to.equal(true);
      expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(columns);
    }
  });
});
