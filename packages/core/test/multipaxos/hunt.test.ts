import { MULTIPAXOS } from "@bft/core/multipaxos";
import { expect } from "chai";
import { type Hunted, hunt } from "../support/crash-hunt.js";

const SEEDS = 150;

describe("Multi-Paxos under crashes and a bad network", () => {
  it(`${SEEDS} seeds: agreement, order, exactly once, nothing forgotten, and progress after healing`, () => {
    const runs: Hunted[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      try {
        runs.push(hunt(MULTIPAXOS, seed));
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
    }
    const total = (what: keyof Hunted) => runs.reduce((sum, run) => sum + run[what], 0);
    for (const what of ["checks", "crashes", "tornOff", "wiped", "installed", "viewsEntered", "lost"] as const)
      expect(total(what), what).to.be.greaterThan(10);
  }).timeout(120_000);
});
