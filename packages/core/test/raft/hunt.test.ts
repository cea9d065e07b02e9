import { RAFT } from "@bft/core/raft";
import { explore } from "../support/crash-asynchronous.js";
import { hunt } from "../support/crash-hunt.js";
import { huntSeeds, runEach } from "../support/crash-hunt-seeds.js";

const ON_CLOCKS = huntSeeds("1-60");
const WITHOUT_TIME = huntSeeds("1-500");

describe("Raft under crashes, loss, disorder and partitions", () => {
  it(`on clocks: safe, and all is answered once it heals; seeds ${ON_CLOCKS.join(" to ")}`, () => {
    runEach(ON_CLOCKS, (seed) => hunt(RAFT, seed));
  }).timeout(600_000);

  it(`without any time: safe in whatever order things happen; seeds ${WITHOUT_TIME.join(" to ")}`, () => {
    runEach(WITHOUT_TIME, (seed) => explore(RAFT, seed, { wait: "election", tick: "heartbeat" }));
  }).timeout(600_000);
});
