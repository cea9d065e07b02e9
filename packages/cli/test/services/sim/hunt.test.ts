import { expect } from "chai";
import { type HuntProgress, hunt, type SeedOutcome, type SeedRunner } from "../../../src/services/sim/hunt.js";

const stats = { simulatedMs: 1000, delivered: 10, executed: 1, answered: 2, view: 0, crashes: 1, transfers: 0, lies: 3 };

function outcome(seed: number, failing: readonly number[]): SeedOutcome {
  const violation = { checker: "agreement", at: 1, what: `seed ${seed} fails`, replicas: [0], seq: null };
  return { seed, stats, undecided: seed === 4, violation: failing.includes(seed) ? violation : null };
}

/** Runners whose seeds end when the test says so. */
class Stage {
  readonly running = new Map<number, (outcome: SeedOutcome | Error) => void>();
  readonly begun: number[] = [];
  readonly runner: SeedRunner = {
    run: (seed) => {
      this.begun.push(seed);
      return new Promise((resolve, reject) => {
        this.running.set(seed, (result) => (result instanceof Error ? reject(result) : resolve(result)));
      });
    },
  };

  /** Ends a seed, and lets all follow that follows from it. */
  async end(seed: number, result: SeedOutcome | Error): Promise<void> {
    const end = this.running.get(seed);
    if (end === undefined) throw new Error(`seed ${seed} does not run`);
    this.running.delete(seed);
    end(result);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const never = new Promise<never>(() => {});

interface Asked {
  readonly failing?: readonly number[];
  readonly keepGoing?: boolean;
  readonly jobs?: number;
}

/** A hunt over seeds 1 to 20, in which the higher ones of those that run at once end first. */
async function hunted({ failing = [], keepGoing = false, jobs = 1 }: Asked): Promise<HuntProgress> {
  const stage = new Stage();
  const runners = Array.from({ length: jobs }, () => stage.runner);
  const done = hunt({ from: 1, seeds: 20, keepGoing, runners, stop: never, onProgress: () => {} });
  while (stage.running.size > 0) {
    const seed = Math.max(...stage.running.keys());
    await stage.end(seed, outcome(seed, failing));
  }
  return done;
}

describe("a hunt over seeds", () => {
  it("runs all of them when all hold, and adds up what they did", async () => {
    const { done, totals, violations } = await hunted({});
    expect({ done, violations }).to.deep.equal({ done: 20, violations: [] });
    expect(totals).to.deep.equal({
      simulatedMs: 20_000,
      delivered: 200,
      answered: 40,
      crashes: 20,
      transfers: 0,
      lies: 60,
      undecided: 1,
    });
  });

  it("ends with the lowest seed that fails, and counts nothing behind it", async () => {
    const { done, violations } = await hunted({ failing: [7, 9, 12] });
    expect(done).to.equal(7);
    expect(violations.map(({ seed }) => seed)).to.deep.equal([7]);
  });

  it("gives the same however many run at once, and whichever ends first", async () => {
    for (const asked of [{}, { failing: [1] }, { failing: [7, 8, 9, 20] }, { failing: [7, 8, 9], keepGoing: true }]) {
      const one = await hunted(asked);
      for (const jobs of [2, 3, 8, 30]) expect(await hunted({ ...asked, jobs })).to.deep.equal(one);
    }
  });

  it("goes on after a violation when that is wanted", async () => {
    const { done, violations } = await hunted({ failing: [3, 9, 20], keepGoing: true, jobs: 4 });
    expect(done).to.equal(20);
    expect(violations.map(({ seed }) => seed)).to.deep.equal([3, 9, 20]);
  });

  it("tells the progress in order of seed", async () => {
    const told: number[] = [];
    const stage = new Stage();
    const runners = [stage.runner, stage.runner];
    const all = hunt({ from: 1, seeds: 3, keepGoing: false, runners, stop: never, onProgress: ({ done }) => told.push(done) });
    await stage.end(2, outcome(2, []));
    expect(told).to.deep.equal([]);
    await stage.end(1, outcome(1, []));
    expect(told).to.deep.equal([1, 2]);
    await stage.end(3, outcome(3, []));
    await all;
    expect(told).to.deep.equal([1, 2, 3]);
  });

  it("gives what was done when it is stopped, a violation included that is not yet its turn", async () => {
    const stage = new Stage();
    let stop: (reason: string) => void = () => {};
    const stopping = new Promise<string>((resolve) => {
      stop = resolve;
    });
    const runners = [stage.runner, stage.runner];
    const all = hunt({ from: 1, seeds: 20, keepGoing: false, runners, stop: stopping, onProgress: () => {} });
    await stage.end(2, outcome(2, [2]));
    stop("SIGINT");
    const { done, violations } = await all;
    expect({ done, seeds: violations.map(({ seed }) => seed) }).to.deep.equal({ done: 1, seeds: [2] });
    await stage.end(1, outcome(1, []));
    expect(stage.begun).to.deep.equal([1, 2]);
  });

  it("throws what a runner throws, unless a seed before it fails", async () => {
    const broken = async (failing: readonly number[]) => {
      const stage = new Stage();
      const runners = [stage.runner, stage.runner];
      const all = hunt({ from: 1, seeds: 20, keepGoing: false, runners, stop: never, onProgress: () => {} });
      const settled = all.then(({ violations }) => violations.map(({ seed }) => seed)).catch((error: Error) => error.message);
      await stage.end(2, new Error("no such option"));
      await stage.end(1, outcome(1, failing));
      return settled;
    };
    expect(await broken([])).to.equal("no such option");
    expect(await broken([1])).to.deep.equal([1]);
  });
});
