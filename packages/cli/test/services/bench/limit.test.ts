import { expect } from "chai";
import { type LimitFacts, limitOf } from "../../../src/services/bench/limit.js";

const idle: LimitFacts = {
  offered: null,
  clients: 16,
  clientLoop: 0.2,
  cores: 0.4,
  coreCount: 2,
  replicaCores: 0.6,
  clientCores: 0.2,
  disk: 0.1,
  window: 0,
  unanswered: 0,
  operations: 1_000,
};

describe("services/bench/limit", () => {
  for (const [title, facts, limit, words] of [
    ["nothing was answered", { operations: 0 }, "nothing-answered", "does not serve"],
    ["the rate was kept up with", { offered: { wanted: 100, got: 99 }, cores: 1 }, "rate", "ask for more with --rate"],
    ["the clients' one process", { clientLoop: 0.95, cores: 1 }, "client", "busy 95 % of the time"],
    ["all cores", { cores: 0.97, replicaCores: 1.5, clientCores: 0.4 }, "cpu", "97 % of 2 cores were busy, the replicas had 1.5"],
    ["the disk", { disk: 0.7 }, "disk", "waited 70 % of the time"],
    ["the window", { window: 0.8 }, "window", "§4.3"],
    ["waiting", {}, "latency", "16 clients wait for answers while only 40 % of 2 cores are busy"],
    ["one client waits", { clients: 1 }, "latency", "the client waits"],
    ["a rate that was not kept up with", { offered: { wanted: 100, got: 60 }, cores: 1 }, "cpu", "Limited by the processor"],
  ] as const)
    it(`${title}: ${limit}`, () => {
      const found = limitOf({ ...idle, ...facts });
      expect(found.limit).to.equal(limit);
      expect(found.sentence).to.include(words);
    });
});
