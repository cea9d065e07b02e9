import { expect } from "chai";
import { explore } from "./support/explorer.js";

/** `HUNT_SEEDS=1000-2000 mocha …/hunt.test.js` hunts in other seeds; a failure names its seed. */
const [FIRST, LAST] = (process.env["HUNT_SEEDS"] ?? "1-100").split("-").map(Number) as [number, number];

describe("hunt: safety at every step and life after the network heals, under random faults", () => {
  let executed = 0;
  let views = 0;
  let transfers = 0;
  let crashes = 0;

  for (let seed = FIRST; seed <= LAST; seed++) {
    it(`seed ${seed}`, () => {
      const report = explore(seed);
      expect(report.checks).to.be.greaterThan(0);
      executed += report.executed;
      views += report.views;
      transfers += report.transfers;
      crashes += report.crashes;
    }).timeout(60_000);
  }

  it("the seeds really had view changes, state transfers and crashes", () => {
    expect(executed).to.be.greaterThan(10 * (LAST - FIRST));
    expect(views).to.be.greaterThan(0);
    expect(transfers).to.be.greaterThan(0);
    expect(crashes).to.be.greaterThan(0);
  });
});
