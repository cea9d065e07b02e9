import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "@bft/sim/scenario";
import { expect } from "chai";
import { isAlive, Lab, until } from "../support/lab.js";

describe("bft scenario", function () {
  this.timeout(240_000);
  let lab: Lab;
  let temporary: string;

  beforeEach(async () => {
    lab = await Lab.open();
    temporary = join(lab.dir, "tmp");
    mkdirSync(temporary);
    process.env["TMPDIR"] = temporary;
  });
  afterEach(async () => {
    delete process.env["TMPDIR"];
    await lab.close();
  });

  /** Plays it; nothing may be left behind. */
  async function playAll(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly outcomes: readonly Outcome[] }> {
    const { code, stdout, stderr } = await lab.run("scenario", "run", "--json", ...args);
    expect(stdout, stderr).to.match(/^\{"scenario"/);
    expect(readdirSync(temporary), "folders that are left").to.deep.equal([]);
    return { code, ...(JSON.parse(stdout) as { readonly outcomes: readonly Outcome[] }) };
  }

  /** The same on one protocol, where it must go as the scenario expects. */
  async function play(...args: readonly string[]): Promise<Outcome> {
    const { code, outcomes } = await playAll(...args);
    expect(outcomes).to.have.length(1);
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error("no outcome");
    expect({ code, verdict: outcome.verdict }, told(outcome)).to.deep.equal({ code: 0, verdict: "held" });
    return outcome;
  }

  function told({ entries }: Outcome): string {
    return entries
      .map(({ step, verdict, did, why }) => `${step} ${verdict}: ${did}${why === null ? "" : ` [${why}]`}`)
      .join("\n");
  }

  /** Two correct replicas executed different operations at one number, and the lie was told. */
  function expectBroken(outcome: Outcome): void {
    expect(outcome.agreement, told(outcome)).to.equal("broken");
    const { divergence, liars } = outcome;
    if (divergence === null) throw new Error(`no divergence:\n${told(outcome)}`);
    const [one, other] = divergence.sides;
    expect(one?.operations).to.not.deep.equal(other?.operations);
    expect(divergence.sides.map(({ replica }) => replica)).to.not.include.members([...liars]);
    expect(outcome.cost.lies, "lies that were told").to.be.above(0);
  }

  it("fail-stop-bound: f crashes are survived, one more stops it and loses nothing", async () => {
    const outcome = await play("fail-stop-bound", "--protocol", "pbft");
    expect(outcome.entries.filter(({ kind }) => kind === "kill").map(({ did }) => did)).to.deep.equal([
      "replica 1 is killed",
      "replica 2 is killed",
    ]);
    const stuck = outcome.requests.find(({ name }) => name === "stuck");
    expect(stuck?.answer?.latencyMs, "answered only after the restart").to.be.above(3000);
    expect(outcome).to.deep.include({ agreement: "held", linearizable: true, liars: [], violations: [] });
  });

  it("equivocating-primary: Multi-Paxos and Raft diverge, PBFT does not; with the liar removed all three agree", async () => {
    const { code, outcomes } = await playAll("equivocating-primary");
    expect(code, outcomes.map(told).join("\n")).to.equal(0);
    expect(outcomes.map(({ protocol, agreement }) => [protocol, agreement])).to.deep.equal([
      ["pbft", "held"],
      ["multipaxos", "broken"],
      ["raft", "broken"],
    ]);
    for (const outcome of outcomes) {
      expect(outcome.cost.lies, `lies told in ${outcome.protocol}`).to.be.above(0);
      if (outcome.agreement === "broken") expectBroken(outcome);
    }
    const control = await playAll("equivocating-primary", "--honest");
    expect(control.code).to.equal(0);
    for (const outcome of control.outcomes) {
      expect(outcome, told(outcome)).to.deep.include({
        agreement: "held",
        divergence: null,
        violations: [],
        liars: [],
        verdict: "held",
      });
      expect(outcome.cost.lies).to.equal(0);
    }
  });

  it("lying-intersection: Raft forgets what a liar in the intersection denies, PBFT remembers it", async () => {
    const raft = await play("lying-intersection", "--protocol", "raft");
    expectBroken(raft);
    expect(raft).to.deep.include({ linearizable: false, liars: [2] });
    expect(raft.requests.at(-1)?.answer?.results).to.deep.equal([{ ok: true, value: null }]);
    const pbft = await play("lying-intersection", "--protocol", "pbft");
    expect(pbft).to.deep.include({ agreement: "held", linearizable: true, liars: [3] });
    expect(pbft.cost.lies, "the lie was told").to.be.above(0);
    expect(pbft.requests.at(-1)?.answer?.results).to.deep.equal([{ ok: true, value: "1" }]);
  });

  it("beyond-the-bound: f+1 liars break agreement, and the quorums meet only in them", async () => {
    const outcome = await play("beyond-the-bound");
    expectBroken(outcome);
    expect(outcome.liars).to.deep.equal([0, 1]);
    expect(outcome.why).to.match(
      /The quorums \{0,1,[23]\} and \{0,1,[23]\}.* meet only in the liars 0 and 1: 2 lie where f = 1\./,
    );
  });

  it("lying-reply: a client that waits for f+1 is told the truth, one that believes the leader is not", async () => {
    const results = ({ requests }: Outcome) => requests.at(-1)?.answer?.results;
    const pbft = await play("lying-reply", "--protocol", "pbft");
    expect(pbft.cost.lies, "the lie was told").to.be.above(0);
    expect(results(pbft)).to.deep.equal([{ ok: true, value: "1" }]);
    const raft = await play("lying-reply", "--protocol", "raft");
    expect(raft.cost.lies, "the lie was told").to.be.above(0);
    expect(results(raft)).to.not.deep.equal([{ ok: true, value: "1" }]);
    expect(raft).to.include({ agreement: "held", linearizable: false });
  });

  it("a file that expects what does not come ends with 1, one that can not be carried out with 2, a bad one too", async () => {
    const file = join(lab.dir, "mine.yaml");
    const head = "name: mine\nabout: A test.\nprotocols: [pbft]\nsteps:\n";
    writeFileSync(file, `${head}  - submit: set x 1\n  - submit: get x\n    gives: 2\n`);
    const failed = await lab.run("scenario", "run", file);
    expect(failed.code, failed.stdout).to.equal(1);
    expect(failed.stdout).to.match(/NOT AS EXPECTED {2}the client asks for "get x" and is told "1" \(number 2, /);
    expect(failed.stdout).to.match(/expected that the client is told "2", and it was told "1"/);
    expect(failed.stdout).to.match(/PBFT did NOT do what the scenario expects/);
    writeFileSync(file, `${head}  - restart: 1\n`);
    const impossible = await lab.run("scenario", "run", file);
    expect(impossible.code, impossible.stdout).to.equal(2);
    expect(impossible.stdout).to.match(/replica 1 is still up/);
    writeFileSync(file, `${head}  - kil: 1\n`);
    const bad = await lab.run("scenario", "run", file);
    expect({ code: bad.code, stdout: bad.stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(bad.stderr).to.match(/mine\.yaml:5:5: "kil" is not a step; .*; did you mean kill\?\n/);
    const other = await lab.run("scenario", "run", "four-steps", "--protocol", "raft");
    expect(other.code).to.equal(2);
    expect(other.stderr).to.match(/the scenario four-steps is not played on raft; it is on: pbft/);
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it("Ctrl-C leaves no process and no folder", async () => {
    const child = lab.spawn("scenario", "run", "fail-stop-bound", "--protocol", "pbft");
    let stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await until("a request waits in vain", () => /replica 2 is killed/.test(stdout));
    const pids = readdirSync(temporary).flatMap((folder) => pidsIn(join(temporary, folder, ".bft")));
    expect(pids.filter(isAlive)).to.not.deep.equal([]);
    child.kill("SIGINT");
    expect(await ended).to.equal(130);
    await until("all have ended", () => pids.every((pid) => !isAlive(pid)));
    expect(readdirSync(temporary)).to.deep.equal([]);
  });
});

/** Process ids of the replicas of a cluster that run, or were not seen to end. */
function pidsIn(dir: string): readonly number[] {
  const files = readdirSync(dir).map((name) => join(dir, name, "process.json"));
  return files.filter((file) => existsSync(file)).map((file) => (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid);
}
