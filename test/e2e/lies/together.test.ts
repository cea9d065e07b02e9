import { ClusterError } from "@bft/replica";
import { expect } from "chai";
import { until } from "../../support/lab.js";
import { LiarLab } from "./support/liar-lab.js";
import { behavioursFor } from "./support/occasions.js";

describe("two of seven replicas lie by a shared plan", function () {
  this.timeout(240_000);
  let liars: LiarLab;

  before(async () => {
    liars = await LiarLab.open(2);
  });
  after(() => liars.close());

  for (const behaviour of behavioursFor("together")) {
    it(behaviour, async () => {
      const primary = await liars.primary();
      const accomplices = [primary, (primary + 3) % liars.replicas.length].sort((a, b) => a - b);
      await liars.lie(behaviour, accomplices, liars.workUntil);
    });
  }

  it("in the end all have the same state", () => liars.expectAllWell());

  it("accomplices are who is named together", async () => {
    const { code, stdout, stderr } = await liars.lab.run("byzantine", "2,5", "collude");
    expect(code).to.equal(0);
    expect(stderr).to.equal("");
    expect(stdout).to.match(/replicas 2 and 5 lie by a shared plan from now on: collude/);
    expect(stdout).to.match(/undo +bft byzantine 2,5 --off/);
    await liars.work();
    await liars.lab.ok("byzantine", "5,2", "--off");
    for (const id of [2, 5]) expect((await liars.lab.status(id)).behaviour).to.equal(null);
  });

  it("an accomplice that does not exist is refused", async () => {
    const refused = await liars.behave([0], "silent", [0, 9]).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused)
      .to.be.instanceOf(ClusterError)
      .with.property("message")
      .that.matches(/replica 9 does not exist/);
    expect((await liars.lab.status(0)).behaviour).to.equal(null);
  });

  it("several replicas without a comma are one mistake with one sentence", async () => {
    const { code, stderr } = await liars.lab.run("byzantine", "0", "1");
    expect(code).to.equal(2);
    expect(stderr).to.equal("error: name several replicas with commas between them, such as: bft byzantine 0,1\n");
  });

  it("a third liar is one too many: bft says so, and does it", async () => {
    const { code, stdout, stderr } = await liars.lab.run("byzantine", "--json", "1,4,6", "wrong-reply");
    expect(code).to.equal(0);
    expect(stderr).to.match(/3 replicas lie now \(1, 4 and 6\), more than f = 2: safety may break/);
    expect(JSON.parse(stdout)).to.deep.equal({ replica: 1, replicas: [1, 4, 6], behaviour: "wrong-reply", liars: [1, 4, 6] });
    const off = await liars.lab.run("byzantine", "4,6", "--off");
    expect(off.stdout).to.match(/replicas 4 and 6 are honest again/);
    expect(off.stderr).to.equal("");
  });
});

describe("two of four replicas lie by a shared plan: one more than f", function () {
  this.timeout(240_000);
  let liars: LiarLab;

  before(async () => {
    liars = await LiarLab.open(1);
  });
  after(() => liars.close());

  it("safety breaks, and bft check finds who executed what and which quorums met in liars only", async () => {
    await liars.behave([0, 1], "collude");
    let found = "";
    await until("bft check finds the disagreement", async () => {
      // Nobody knows what the answer will be, or whether there is one.
      await liars.lab.run("submit", "--timeout", "300ms", "set x 1");
      const { code, stdout } = await liars.lab.run("check");
      found = stdout;
      return code === 1;
    });
    expect(found).to.match(/agreement +violated/);
    expect(found).to.match(/replica [23] executed .* where replica [23] had\s+executed/);
    expect(found).to.match(/meet only in the liars 0 and 1: 2 lie/);
  });
});
