import { MULTIPAXOS } from "@bft/core/multipaxos";
import { expect } from "chai";
import { hunt } from "../support/crash-hunt.js";
import { explore } from "./asynchronous.js";

const [FIRST, LAST] = (process.env["HUNT_SEEDS"] ?? "1-150").split("-").map(Number) as [number, number];

/** Runs each seed, and gives the sums of what happened. */
function totals(run: (seed: number) => object): Map<string, number> {
  const sums = new Map<string, number>();
  for (let seed = FIRST; seed <= LAST; seed++) {
    try {
      for (const [name, count] of Object.entries(run(seed))) sums.set(name, (sums.get(name) ?? 0) + count);
    } catch (error) {
      throw new Error(`seed ${seed}: HUNT_SEEDS=${seed}-${seed} shows it again`, { cause: error });
    }
  }
  return sums;
}

describe("Multi-Paxos under crashes and a bad network", () => {
  it(`stays safe and comes to rest: seeds ${FIRST} to ${LAST}`, () => {
    for (const [name, count] of totals((seed) => hunt(MULTIPAXOS, seed))) expect(count, name).to.be.greaterThan(0);
  }).timeout(120_000);

  it(`§2.1: stays safe where nothing is known of time: seeds ${FIRST} to ${LAST}`, () => {
    for (const [name, count] of totals(explore)) expect(count, name).to.be.greaterThan(0);
  }).timeout(120_000);
});
