import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Lab } from "../support/lab.js";

const WARNING = "NOT AUTHENTICATED";

describe("measuring without signatures, and with slow ones", function () {
  this.timeout(240_000);
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  it("--auth none answers, says loudly what it is, convicts nobody, and stays what it is", async () => {
    const up = await lab.run("up", "--detach", "--auth", "none");
    expect(up.code, up.stderr).to.equal(0);
    expect(up.stderr).to.include(WARNING);
    const submitted = await lab.run("submit", "set x 1");
    expect(submitted.stdout).to.match(/^result +ok\n/);
    expect(submitted.stderr).to.include(WARNING);
    expect((await lab.run("submit", "get x", "--quiet")).stderr).to.equal("");
    expect(await lab.ok("status")).to.match(new RegExp(`^${WARNING}: .*anybody can speak for anybody`));
    expect((await lab.status(0)).signatures).to.deep.equal({ made: 0, checked: 0 });

    await lab.ok("byzantine", "0");
    expect(await lab.value("set x 2")).to.equal("ok");
    expect((await lab.status(0)).liesTold, "lies really told").to.be.above(0);
    const convicted = await Promise.all([1, 2, 3].map(async (id) => (await lab.status(id)).convicted));
    expect(convicted, "what nobody signed convicts nobody").to.deep.equal([[], [], []]);
    expect(existsSync(join(lab.cluster, "evidence"))).to.equal(false);
    for (const args of [["evidence"], ["evidence", "verify", "proof.json"]]) {
      const { code, stderr } = await lab.run(...args);
      expect(code, args.join(" ")).to.equal(2);
      expect(stderr).to.match(/^error: nothing is signed in this cluster .* bft up --fresh\n$/);
    }

    await lab.ok("down");
    const { code, stderr } = await lab.run("up", "--detach", "--auth", "signatures");
    expect(code).to.equal(1);
    expect(stderr).to.match(/^error: the cluster in .* runs with --auth none, not signatures; .*\n$/);
  });

  it("--crypto noble answers with the timeouts that there are, and nothing is amiss", async () => {
    const up = await lab.run("up", "--detach", "--crypto", "noble");
    expect(up.stderr).to.not.include(WARNING);
    const { results, view } = await lab.submit("set x 1");
    expect({ results, view }).to.deep.equal({ results: [{ ok: true, value: "ok" }], view: 0 });
    const status = await lab.ok("status");
    expect(status).to.include(", crypto noble").and.not.include(WARNING);
    expect((await lab.status(0)).signatures.made).to.be.above(0);
  });
});
