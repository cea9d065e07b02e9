import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Lab, until } from "../support/lab.js";

describe("a replica that was away comes back", function () {
  this.timeout(240_000);
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  /** So many operations, each a request of its own, in one command. */
  async function write(count: number, label: string): Promise<void> {
    const operations = Array.from({ length: count }, (_, i) => `set ${label}${i} ${i}`);
    for (const operation of operations) await lab.ok("submit", operation);
  }

  it("paused past two checkpoints: it fetches the state and serves again", async () => {
    await lab.upTuned({ checkpointInterval: 4 });
    await write(3, "before");
    await lab.ok("pause", "3");
    await write(12, "paused");
    const { machine } = await lab.status(0);
    expect(machine.lowWaterMark, "two checkpoints have passed").to.be.at.least(12);
    await lab.ok("resume", "3");
    const { seq } = await lab.submit("set resumed yes");
    await lab.converge([0, 1, 2, 3], seq);
    await lab.ok("kill", "1");
    expect((await lab.submit("get paused7")).results[0]?.value).to.equal("7");
    expect((await lab.submit("set counts-again yes")).agreed).to.include(3);
  });

  it("with its disk wiped: it fetches the state, abstains while it might contradict itself, and then votes again", async () => {
    await lab.upTuned({ checkpointInterval: 2, pipelineDepth: 4 });
    await write(8, "before");
    await lab.ok("kill", "2");
    rmSync(join(lab.cluster, "replica-2"), { recursive: true });
    await lab.ok("restart", "2");
    await lab.converge([0, 1, 2, 3], (await lab.submit("set wiped yes")).seq);
    expect(lab.events(2), "it abstains at first").to.include("abstaining");
    await until("its window has moved past everything it can have voted for", async () => {
      await lab.ok("submit", "set more yes");
      return (await lab.status(2)).machine.abstaining === null;
    });
    expect(lab.events(2)).to.include("votes-again");
    await lab.ok("kill", "0");
    expect(await lab.value("get before5"), "its vote is needed now").to.equal("5");
  });

  it("f = 2: two successive primaries killed in a row, then both return", async () => {
    await lab.ok("up", "--detach", "--f", "2");
    await lab.ok("submit", "set x 1");
    await lab.ok("kill", "0");
    expect((await lab.submit("set x 2")).view).to.be.at.least(1);
    const { primary } = (await lab.status(6)).machine;
    await lab.ok("kill", String(primary));
    const third = await lab.submit("set x 3");
    expect(third.results[0]?.value).to.equal("ok");
    expect(third.view).to.be.greaterThan(1);
    await lab.ok("restart", "0");
    await lab.ok("restart", String(primary));
    await lab.converge([0, 1, 2, 3, 4, 5, 6], third.seq);
    expect(await lab.value("get x")).to.equal("3");
  });
});
