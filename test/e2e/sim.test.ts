import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Lab, until } from "../support/lab.js";

interface Summary {
  readonly done: number;
  readonly totals: { readonly lies: number; readonly delivered: number };
  readonly violations: readonly {
    readonly seed: number;
    readonly violation: { readonly checker: string; readonly what: string };
    readonly replay: string;
    readonly shrink: string;
    readonly transcript: string;
  }[];
}

/** One liar more than four replicas can bear, and a network that does not get in their way. */
const TOO_MANY = ["--f", "1", "--liars", "2", "--behaviour", "collude", "--set", "replicas=4"] as const;

describe("bft sim", function () {
  this.timeout(180_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.open();
  });
  after(() => lab.close());

  const inLab = (file: string) => join(lab.dir, file);
  const latest = (file: string) => inLab(join(".bft-sim", "latest", file));
  /** `bft …` as a person would type it. */
  const typed = (command: string) => lab.run(...command.split(" ").slice(1));

  async function summaryOf(...args: readonly string[]): Promise<{ readonly code: number | null; readonly summary: Summary }> {
    const { code, stdout, stderr } = await lab.run("sim", "run", "--json", ...args);
    expect(stderr).to.equal("");
    return { code, summary: JSON.parse(stdout) as Summary };
  }

  /** The first seed that one liar too many breaks; hunted once. */
  let hunted: Promise<Summary["violations"][number]> | null = null;
  function firstViolation(): Promise<Summary["violations"][number]> {
    hunted ??= summaryOf("--seeds", "200", "--jobs", "2", ...TOO_MANY).then(({ code, summary }) => {
      expect(code).to.equal(1);
      const found = summary.violations[0];
      if (found === undefined) expect.fail("no violation");
      expect(found.seed).to.equal(summary.done);
      return found;
    });
    return hunted;
  }

  it("run: seeds with at most f liars hold, and the summary lies where latest leads", async () => {
    const { code, stdout, stderr } = await lab.run("sim", "run", "--seeds", "20", "--jobs", "2");
    expect({ code, stderr }, stdout).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(/^no violation in seeds 1 to 20\n/);
    const summary = JSON.parse(readFileSync(latest("summary.json"), "utf8")) as Summary;
    expect(summary.done).to.equal(20);
    expect(summary.totals.delivered).to.be.greaterThan(1000);
    expect(summary.totals.lies).to.be.greaterThan(0);
  });

  it("run: one job and two come to the same", async () => {
    const withJobs = async (jobs: string) => (await summaryOf("--seeds", "6", "--from", "3", "--jobs", jobs)).summary;
    const [one, two] = [await withJobs("1"), await withJobs("2")];
    expect(one.totals).to.deep.equal(two.totals);
    expect(one.done).to.equal(6);
  });

  it("replay: the same seed gives the same bytes, also into a file, and ends with the verdict", async () => {
    const first = await lab.run("sim", "replay", "--seed", "5");
    const second = await lab.run("sim", "replay", "--seed", "5");
    expect(first.code, first.stderr).to.equal(0);
    expect(first.stdout).to.equal(second.stdout);
    const lines = first.stdout.trimEnd().split("\n");
    expect(lines.length).to.be.greaterThan(100);
    expect(lines.at(-2)).to.equal("verdict: holds");
    const { stdout } = await lab.run("sim", "replay", "--seed", "5", "--out", "trace.txt");
    expect(`${readFileSync(inLab("trace.txt"), "utf8")}${stdout}`).to.equal(first.stdout);
    const json = await lab.run("sim", "replay", "--seed", "5", "--json");
    const events = json.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string });
    expect(events.length).to.equal(lines.length - 1);
    expect(events.at(-1)).to.deep.include({ kind: "verdict", violated: null, violation: null });
  });

  it("one liar too many: found, replayed by the command that is printed, and shrunk to a transcript that a person reads", async () => {
    const found = await firstViolation();
    const replayed = await typed(found.replay);
    expect(replayed.code).to.equal(1);
    expect(replayed.stdout).to.include(`verdict: ${found.violation.checker} violated`).and.to.include(found.violation.what);
    const fromFile = await lab.run("sim", "replay", found.transcript);
    expect(fromFile).to.deep.equal(replayed);

    const shrunk = await typed(`${found.shrink} --json`);
    expect(shrunk.code, shrunk.stderr).to.equal(0);
    const { file, plan, minimal, violated } = JSON.parse(shrunk.stdout) as {
      file: string;
      plan: { actions: unknown[]; liars: unknown[]; replicas: number };
      minimal: boolean;
      violated: string;
    };
    expect(violated).to.be.oneOf([found.violation.checker, "agreement"]);
    expect(minimal).to.equal(true);
    expect(plan.actions).to.have.length.of.at.most(5);
    expect(plan).to.include({ replicas: 4 });
    const text = readFileSync(inLab(file), "utf8");
    expect(text)
      .to.match(/^purpose: .*\(shrunk from seed \d+\)$/m)
      .and.to.match(new RegExp(`^expect: ${violated} violated$`, "m"));
    const again = await lab.run("sim", "replay", file);
    expect({ code: again.code, stderr: again.stderr }).to.deep.equal({ code: 1, stderr: "" });

    writeFileSync(inLab("other.txt"), text.replace(/^expect: .*$/m, "expect: holds"));
    const other = await lab.run("sim", "replay", "other.txt");
    expect(other.stderr).to.match(/the verdict is ".* violated" .*, and the transcript expects "holds"/);
  });

  it("shrink: a seed that holds", async () => {
    const { code, stderr } = await lab.run("sim", "shrink", "--seed", "5");
    expect(code).to.equal(1);
    expect(stderr).to.match(/^error: seed 5 holds: there is nothing to shrink; find a violation with: bft sim run\n$/);
  });

  it("Ctrl-C ends it with what was done so far", async () => {
    const child = lab.spawn("sim", "run", "--seeds", "1000000", "--jobs", "1", "--json", "--out", "interrupted");
    let stdout = "";
    child.stdout?.on("data", (piece: Buffer) => {
      stdout += piece.toString();
    });
    const closed = new Promise((resolve) => child.on("close", resolve));
    // It catches signals before it makes the folder.
    await until("the folder is there", () => existsSync(inLab("interrupted/latest")));
    child.kill("SIGINT");
    expect(await closed).to.equal(130);
    const summary = JSON.parse(stdout) as Summary & { readonly interrupted: boolean };
    expect(summary.interrupted).to.equal(true);
    expect(summary.done).to.be.lessThan(1_000_000);
    expect(JSON.parse(readFileSync(inLab("interrupted/latest/summary.json"), "utf8"))).to.deep.equal(summary);
  });

  it("Ctrl-C ends shrinking with the smallest so far", async () => {
    const { transcript, seed } = await firstViolation();
    const child = lab.spawn("sim", "shrink", transcript, "--out", "shrinking");
    // It catches signals before it says what it shrinks.
    child.stderr?.once("data", () => child.kill("SIGINT"));
    child.stdout?.resume();
    expect(await new Promise((resolve) => child.on("close", resolve))).to.equal(130);
    expect((await lab.run("sim", "replay", `shrinking/latest/shrunk-${seed}.txt`)).code).to.equal(1);
  });

  const mistakes: readonly (readonly [args: string, says: RegExp])[] = [
    ["run --set dorp=1", /there is no option "dorp"; did you mean drop/],
    ["run --f 9", /f must be an integer from 0 to 5, got "9"/],
    ["run --seeds none", /--seeds is a whole number/],
    ["run --f 2 --set replicas=4", /seed 1: n must be an integer >= 3f\+1 = 7, got 4/],
    ["replay", /say which run is meant: --seed 7, or the file of a transcript/],
    ["replay nowhere.txt", /nowhere.txt can not be read as a transcript/],
    ["replay trace.txt", /trace.txt, line 1: .* is no setting/],
    ["shrink --seed x", /--seed is a whole number/],
  ];
  for (const [args, says] of mistakes) {
    it(`a mistake gets one sentence and exit code 2: bft sim ${args}`, async () => {
      writeFileSync(inLab("trace.txt"), "what is this\n");
      const { code, stderr } = await lab.run("sim", ...args.split(" "));
      expect(stderr)
        .to.match(says)
        .and.to.match(/^error: .*\n$/);
      expect(code).to.equal(2);
    });
  }

  it("--list explains what can be pinned", async () => {
    expect(await lab.ok("sim", "run", "--list")).to.match(/^drop +chance that a message is lost$/m);
  });
});
