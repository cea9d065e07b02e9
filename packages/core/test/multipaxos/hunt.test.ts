import { MULTIPAXOS } from "@bft/core/multipaxos";
import { explore } from "../support/crash-asynchronous.js";
import { hunt } from "../support/crash-hunt.js";
import { huntSeeds, runEach } from "../support/crash-hunt-seeds.js";

const ON_CLOCKS = huntSeeds("1-100");
const WITHOUT_TIME = huntSeeds("1-300");

describe("Multi-Paxos under crashes, loss, disorder and partitions", () => {
  it(`on clocks: safe, and all is answered once it heals; seeds ${ON_CLOCKS.join(" to ")}`, () => {
    runEach(ON_CLOCKS, (seed) => hunt(MULTIPAXOS, seed));
  }).timeout(600_000);

  it(`without any time: safe in whatever order things happen; seeds ${WITHOUT_TIME.join(" to ")}`, () => {
    runEach(WITHOUT_TIME, (seed) => explore(MULTIPAXOS, seed, { wait: "silence", tick: "tick" }));
  }).timeout(600_000);
});
