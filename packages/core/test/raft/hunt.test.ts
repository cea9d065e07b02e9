import { RAFT } from "@bft/core/raft";
import { expect } from "chai";
import { explore } from "../support/crash-asynchronous.js";
import { hunt } from "../support/crash-hunt.js";

/** `HUNT_SEEDS=a-b` looks at others. */
function seeds(otherwise: string): readonly [first: number, last: number] {
  const [first = 1, last = 1] = (process.env["HUNT_SEEDS"] ?? otherwise).split("-").map(Number);
  return [first, last];
}

/** Runs each seed and adds up what happened; everything must have happened. */
function each([first, last]: readonly [number, number], run: (seed: number) => object): void {
  const total = new Map<string, number>();
  for (let seed = first; seed <= last; seed++) {
    try {
      for (const [name, count] of Object.entries(run(seed))) total.set(name, (total.get(name) ?? 0) + Number(count));
    } catch (error) {
      throw new Error(`HUNT_SEEDS=${seed}-${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  for (const [name, count] of total) expect(count, name).to.be.greaterThan(0);
}

const ON_CLOCKS = seeds("1-60");
const WITHOUT_TIME = seeds("1-500");

describe("Raft under crashes, loss, disorder and partitions", () => {
  it(`on clocks: safe, and all is answered once it heals; seeds ${ON_CLOCKS.join(" to ")}`, () => {
    each(ON_CLOCKS, (seed) => hunt(RAFT, seed));
  }).timeout(600_000);

  it(`without any time: safe in whatever order things happen; seeds ${WITHOUT_TIME.join(" to ")}`, () => {
    each(WITHOUT_TIME, (seed) => explore(RAFT, seed, { wait: "election", tick: "heartbeat" }));
  }).timeout(600_000);
});
