import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Lab } from "../support/lab.js";

interface BenchJson {
  readonly cluster: { readonly protocol: string; readonly replicas: number; readonly trace: string };
  readonly clients: {
    readonly operations: number;
    readonly latencyMs: { readonly p50: number; readonly max: number } | null;
    readonly unanswered: number;
  };
  readonly perOperation: { readonly messages: number; readonly signed: number; readonly verified: number } | null;
  readonly operationsPerBatch: number | null;
  readonly faults: readonly { readonly text: string; readonly failed: string | null }[];
  readonly limit: { readonly limit: string; readonly sentence: string };
}

describe("bft bench", function () {
  this.timeout(240_000);
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  const short = ["--duration", "1500ms", "--warm-up", "300ms"];

  it("on a running cluster: figures, a fault that was made, files; what its clients saw can be checked afterwards", async () => {
    await lab.ok("up", "--detach");
    const [csv, svg] = [join(lab.dir, "run.csv"), join(lab.dir, "run.svg")];
    const args = [
      "--clients",
      "6",
      "--ops-per-request",
      "5",
      "--reads",
      "0.5",
      "--fault",
      "kill 3 @400ms",
      "--csv",
      csv,
      "--svg",
      svg,
    ];
    const report = JSON.parse(await lab.ok("bench", "--json", ...short, ...args)) as BenchJson;
    expect(report.clients.operations).to.be.above(0);
    expect(report.clients.latencyMs?.max).to.be.at.least(report.clients.latencyMs?.p50 ?? Number.POSITIVE_INFINITY);
    expect(report.perOperation?.messages).to.be.above(0);
    expect(report.perOperation?.signed).to.be.above(0);
    expect(report.perOperation?.verified).to.be.above(0);
    expect(report.operationsPerBatch).to.be.at.least(5);
    expect(report.faults).to.have.lengthOf(1);
    expect(report.faults[0]).to.deep.include({ text: "kill 3", failed: null });
    expect(report.limit.sentence).to.match(/^Limited by /);
    expect(readFileSync(csv, "utf8")).to.include('"kill 3"');
    expect(readFileSync(svg, "utf8")).to.include("kill 3");
    const checked = JSON.parse(await lab.ok("check", "--json")) as { readonly verdict: string };
    expect(checked.verdict).to.equal("holds");
  });

  it("--fresh: a cluster of its own with as many clients as are asked for, of which nothing is left; open loop", async () => {
    const args = [
      "--fresh",
      "--clients",
      "40",
      "--rate",
      "50",
      "--protocol",
      "raft",
      "--service",
      "bank",
      "--keys",
      "20",
      "--trace",
      "off",
    ];
    const report = JSON.parse(await lab.ok("bench", "--json", ...short, ...args)) as BenchJson;
    expect(report.cluster).to.deep.include({ protocol: "raft", replicas: 3, trace: "off" });
    expect(report.clients.operations).to.be.above(0);
    expect(existsSync(lab.cluster), "nothing is made here").to.equal(false);
  });

  it("what does not fit the cluster is refused with one sentence before anything is measured", async () => {
    await lab.ok("up", "--detach");
    for (const [args, code, words] of [
      [["--clients", "100"], 2, "this cluster has 32 client identities"],
      [["--fast-reads", "--reads", "0.5"], 2, "this cluster orders its reads"],
      [["--fast-reads"], 2, "say how much with --reads"],
      [["--fault", "kill 9 @1s"], 2, "replica 9 does not exist"],
      [["--fault", "kill 0 @1h"], 2, "comes after the end"],
      [["--fault", "byzantine 1 lie @1s"], 2, "there is no behaviour"],
      [["--f", "2"], 2, "fresh"],
    ] as const) {
      const { code: ended, stderr } = await lab.run("bench", ...short, ...args);
      expect({ ended, stderr }, args.join(" ")).to.deep.equal({ ended: code, stderr });
      expect(stderr).to.include(words);
      expect(stderr.trim().split("\n")).to.have.lengthOf(1);
    }
  });
});

describe("bft up --trace off", function () {
  this.timeout(240_000);

  it("writes nothing down but that it started; whoever asks later is told so", async () => {
    const lab = await Lab.open();
    try {
      await lab.ok("up", "--detach", "--trace", "off");
      await lab.submit("set x 1");
      const checked = await lab.run("check");
      expect(checked.code).to.equal(2);
      expect(checked.stdout.replace(/\s+/g, " ")).to.include("ran with --trace off");
      expect(existsSync(join(lab.cluster, "replica-0", "recording"))).to.equal(false);
      expect(existsSync(join(lab.cluster, "history"))).to.equal(false);
      await lab.ok("down");
      await lab.ok("up", "--detach", "--trace", "full");
      await lab.submit("set x 2");
      expect(await lab.ok("trace")).to.include("set x 2");
      expect((await lab.run("check")).code, "what was done before is not known").to.equal(2);
    } finally {
      await lab.close();
    }
  });
});
