import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Lab } from "../support/lab.js";

/** What `bft compare --json` prints; the part of it that is looked at here. */
interface Compared {
  readonly scenario: string;
  readonly withoutLies: boolean;
  readonly place: string;
  readonly compared: readonly {
    readonly protocol: string;
    readonly replicas: number;
    readonly quorum: number;
    readonly verdict: string;
    readonly agreement: string;
    readonly divergence: {
      readonly seq: number;
      readonly sides: readonly { readonly replica: number; readonly operations: readonly string[] }[];
    } | null;
    readonly linearizable: boolean | null;
    readonly why: string | null;
    readonly liars: readonly number[];
    readonly lies: number;
    readonly messagesPerOperation: number | null;
    readonly medianLatencyMs: number | null;
    readonly answered: number;
    readonly requests: number;
    readonly found: readonly { readonly checker: string }[];
  }[];
}

describe("bft compare", function () {
  this.timeout(120_000);
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

  it("equivocating-primary, on real processes: Multi-Paxos and Raft diverge as the checkers find it, PBFT agrees", async () => {
    const { code, stdout, stderr } = await lab.run("compare", "equivocating-primary", "--json");
    expect(code, `${stdout}\n${stderr}`).to.equal(0);
    const { compared, ...rest } = JSON.parse(stdout) as Compared;
    expect(rest).to.deep.equal({ scenario: "equivocating-primary", withoutLies: false, place: "real" });
    expect(compared.map(({ protocol, replicas, quorum, agreement }) => [protocol, replicas, quorum, agreement])).to.deep.equal([
      ["pbft", 4, 3, "held"],
      ["multipaxos", 3, 2, "broken"],
      ["raft", 3, 2, "broken"],
    ]);
    for (const each of compared) {
      expect(each.lies, `lies told in ${each.protocol}`).to.be.above(0);
      expect(each.answered, `answered by ${each.protocol}`).to.be.above(0);
      expect(each.messagesPerOperation).to.be.above(0);
      expect(each.medianLatencyMs).to.be.above(0);
      if (each.agreement === "held") expect(each).to.deep.include({ divergence: null, found: [], why: null });
      else expectDivergence(each);
    }
    // Each step is told to who waits, and nothing is left.
    expect(stderr).to.match(/^PBFT: 4 replicas, f = 1, quorum 3\n.*4 replicas are up/);
    expect(stderr).to.match(/\nRaft: 3 replicas, f = 1, quorum 2\n/);
    expect(readdirSync(temporary), "folders that are left").to.deep.equal([]);
  });

  /** Two correct replicas executed different things at one number, and the checker says so of these two. */
  function expectDivergence({ divergence, liars, found, why }: Compared["compared"][number]): void {
    if (divergence === null) throw new Error("no divergence");
    const [one, other] = divergence.sides;
    if (one === undefined || other === undefined) throw new Error("no two sides");
    expect(one.operations).to.not.deep.equal(other.operations);
    expect(liars).to.not.include.oneOf([one.replica, other.replica]);
    expect(found.map(({ checker }) => checker)).to.include("agreement");
    expect(why).to.match(new RegExp(`replica [${one.replica}${other.replica}] executed .* at sequence number ${divergence.seq}`));
  }

  it("--honest, on real processes: the same without the lie, and all three agree", async () => {
    const { code, stdout, stderr } = await lab.run("compare", "equivocating-primary", "--honest");
    expect(code, `${stdout}\n${stderr}`).to.equal(0);
    expect(stdout).to.match(/^replicas +4, of which f = 1 +3, of which f = 1 +3, of which f = 1$/m);
    expect(stdout).to.match(/^agreement +held +held +held$/m);
    expect(stdout).to.match(/^linearizable +yes +yes +yes$/m);
    expect(stdout).to.match(/^checkers found +nothing +nothing +nothing$/m);
    expect(stdout).to.match(/^PBFT {2}held\n.*nobody lied/m);
    expect(stdout).to.match(/^Raft {2}held\n.*nobody lied/m);
    expect(stdout).to.not.match(/BROKEN|broke|differ.*number/);
    expect(stdout).to.match(/went as the scenario expects on every protocol\n$/);
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it("--sim tells the same each time, and the lie is what makes the difference", async () => {
    const args = ["compare", "lying-intersection", "--sim", "--seed", "3"];
    const first = await lab.run(...args);
    expect(first.code, first.stdout).to.equal(0);
    expect(first.stdout).to.match(/^agreement +held +BROKEN +BROKEN$/m);
    expect(first.stdout).to.match(/^linearizable +yes +NO +NO$/m);
    expect(first.stdout).to.match(/The majorities \{0,2\} and \{1,2\} meet only in the liar 2/);
    expect((await lab.run(...args)).stdout).to.equal(first.stdout);
    const honest = await lab.run(...args, "--honest");
    expect(honest.code, honest.stdout).to.equal(0);
    expect(honest.stdout).to.match(/^agreement +held +held +held$/m);
  });

  it("ends with 1 when it does not go as the file expects, and with 2 when it can not be played", async () => {
    const mine = inFolder("mine.yaml", ["  - submit: set x 1", "  - submit: get x", "    gives: { raft: 2, others: 1 }"]);
    const failed = await lab.run("compare", mine, "--sim");
    expect(failed.code, failed.stdout).to.equal(1);
    expect(failed.stdout).to.match(/^as expected +yes +yes +NO$/m);
    expect(failed.stdout.replaceAll(/\s+/g, " ")).to.match(/NOT AS EXPECTED, step 2: .*expected that the client is told "2"/);
    expect(failed.stdout).to.match(/did NOT go as the scenario expects on Raft\n$/);
    const impossible = await lab.run("compare", inFolder("other.yaml", ["  - restart: 1"]), "--sim");
    expect(impossible.code, impossible.stdout).to.equal(2);
    expect(impossible.stdout).to.match(/could not be played to the end on PBFT, Multi-Paxos and Raft/);
    const bad = await lab.run("compare", inFolder("bad.yaml", ["  - kil: 1"]), "--sim");
    expect({ code: bad.code, stdout: bad.stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(bad.stderr).to.match(/did you mean kill\?/);
    const unknown = await lab.run("compare", "equivocating-leader", "--json");
    expect(unknown.code).to.equal(2);
    expect(JSON.parse(unknown.stdout)).to.have.nested.property("error.code", "no-scenario");
  });

  function inFolder(name: string, steps: readonly string[]): string {
    const file = join(lab.dir, name);
    writeFileSync(file, `name: mine\nabout: A test.\nsteps:\n${steps.join("\n")}\n`);
    return file;
  }
});
