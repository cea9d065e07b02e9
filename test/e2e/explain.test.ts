import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterConfig } from "@bft/replica";
import { expect } from "chai";
import { Lab, until } from "../support/lab.js";

interface Explained {
  readonly kind: string;
  readonly known: boolean;
  readonly verdict: { readonly text: string; readonly section: string | null };
  readonly seq: number | null;
  readonly replicas: readonly { readonly replica: number; readonly state: string; readonly phase: string }[];
  readonly causes: readonly { readonly text: string }[];
  readonly next: readonly { readonly replicas: readonly number[]; readonly inMs: number | null; readonly text: string }[];
  readonly advice: string | null;
}

/** Of a request that timed out: its name, and how it was explained then. */
interface Unanswered {
  readonly name: string;
  readonly explanation: Explained | null;
}

describe("bft explain", function () {
  this.timeout(240_000);
  let lab: Lab;

  /** Checkpoints come often, and a view lasts: what is stuck stays so until it was looked at. */
  before(async () => {
    lab = await Lab.open();
    await lab.ok("up", "--detach");
    await lab.ok("down");
    const file = join(lab.cluster, "cluster.json");
    const config = JSON.parse(readFileSync(file, "utf8")) as ClusterConfig;
    const limits = { ...config.limits, checkpointInterval: 4 };
    const timeouts = { ...config.timeouts, viewChangeMs: 600_000, clientRetryMs: 100 };
    writeFileSync(file, JSON.stringify({ ...config, limits, timeouts }));
    await lab.ok("up", "--detach");
  });
  after(() => lab.close());

  async function explain(subject: string | number): Promise<Explained> {
    return JSON.parse(await lab.ok("explain", "--json", String(subject))) as Explained;
  }

  /** Submits something that nobody answers in time. */
  async function timeOut(operation: string): Promise<Unanswered> {
    const { code, stdout } = await lab.run("submit", "--json", "--timeout", "1500ms", operation);
    expect(code, stdout).to.equal(1);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string; explanation: Explained | null } };
    expect(error.code).to.equal("no-quorum");
    return { name: /\b\d+:\d{10,}/.exec(error.message)?.[0] ?? "", explanation: error.explanation };
  }

  async function executed(name: string): Promise<void> {
    await until(`${name} is executed everywhere`, async () =>
      (await explain(name)).replicas.every(({ phase }) => phase === "executed"),
    );
  }

  it("what was executed, by its number and by the name that bft submit prints", async () => {
    const printed = await lab.ok("submit", "set x 1");
    const name = /^request +(\d+:\d+)$/m.exec(printed)?.[1] ?? "";
    await executed(name);
    const byName = await explain(name);
    expect(byName).to.deep.include({ kind: "executed", seq: 1, advice: null });
    expect((await explain(1)).verdict.text).to.equal("sequence number 1 was executed by all 4 replicas in view 0");
    const text = await lab.ok("explain", "1");
    expect(text).to.contain(`it holds 1 request: ${name}`);
    for (const row of text.split("\n")) expect(row.length, row).to.be.at.most(80);
  });

  it("what nobody used yet, what nobody knows, and what names nothing: 0, 1 and 2", async () => {
    expect((await explain(3)).kind).to.equal("unused");
    expect((await explain(500)).kind).to.equal("beyond-window");
    const unknown = await lab.run("explain", "--json", "0:5");
    expect(unknown.code).to.equal(1);
    expect(JSON.parse(unknown.stdout)).to.include({ kind: "unknown", known: false });
    expect((await lab.run("explain", "twelve")).code).to.equal(2);
  });

  it("what the service refused", async () => {
    const { code, stdout } = await lab.run("submit", "jump x");
    expect(code).to.equal(1);
    const name = /^request +(\d+:\d+)$/m.exec(stdout)?.[1] ?? "";
    await until("the traces tell of it", async () => (await explain(name)).kind === "refused-by-service");
    expect((await explain(name)).verdict.text).to.contain('kv has no operation "jump"');
  });

  it("below the window: from the traces", async () => {
    for (let i = 0; i < 8; i++) await lab.ok("submit", `set k${i} ${i}`);
    await until("checkpoint 8 is stable", async () =>
      (await Promise.all([0, 1, 2, 3].map((id) => lab.status(id)))).every(({ machine }) => machine.lowWaterMark >= 8),
    );
    const old = await explain(1);
    expect(old).to.deep.include({ kind: "collected", seq: 1 });
    expect(old.verdict).to.deep.include({ section: "§4.3" });
    expect(await lab.ok("explain", "1"), "its request is known from the traces").to.match(/^it holds 1 request: \d+:\d+$/m);
  });

  it("a primary that censors its client: the backups' timers run", async () => {
    await lab.ok("byzantine", "0", "censor");
    const { name, explanation } = await timeOut("set c 1");
    expect(explanation?.verdict.text).to.equal(`request ${name} has no sequence number yet: primary 0 lies (censor)`);
    const { kind, next, advice, replicas } = await explain(name);
    expect({ kind, advice }).to.deep.equal({ kind: "not-proposed", advice: "bft byzantine 0 --off" });
    expect(replicas.slice(1).map(({ phase }) => phase)).to.deep.equal(["requested", "requested", "requested"]);
    expect(next[0]?.replicas, "all backups run a timer").to.have.members([1, 2, 3]);
    expect(next[0]?.text).to.contain("they ask for view 1");
    // It is honest again then, and the backups pass the request on once more.
    await lab.ok("restart", "0");
    await executed(name);
    expect((await explain(name)).kind, "it took effect, and its client had gone").to.equal("unanswered");
  });

  it("a partition without a quorum on either side", async () => {
    await lab.ok("partition", "0,1", "2,3");
    const { name, explanation } = await timeOut("set d 1");
    expect(explanation?.causes.map(({ text }) => text)).to.include("links are cut: replicas 0 and 1 | replicas 2 and 3");
    const { kind, verdict, advice } = await explain(name);
    expect({ kind, advice }).to.deep.equal({ kind: "waits-for-prepares", advice: "bft heal" });
    expect(verdict.text).to.contain(
      "waits for one more prepare: replicas 0 and 1 have voted, 2 and 3 are cut off from replica 0",
    );
    await lab.ok("heal");
    await executed(name);
  });

  it("too few replicas: in short at the end of the error, and in full", async () => {
    await lab.ok("kill", "2");
    await lab.ok("kill", "3");
    const { code, stdout, stderr } = await lab.run("submit", "set e 1", "--timeout", "1500ms");
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    const [error, ...short] = stderr.trimEnd().split("\n");
    expect(error).to.match(/^error: no answer within 1.5 s: replicas 2, 3 can not be reached/);
    expect(short).to.have.length(3);
    expect(short[0]).to.match(
      /^ {2}request \d+:\d+ is in sequence number \d+, which waits for one more prepare: .*, 2 and 3 are down \(§4\.2\)$/,
    );
    expect(short[2]).to.equal("  it would help: bft restart 2");
    const name = /request (\d+:\d+)/.exec(short[0] ?? "")?.[1] ?? "";
    const full = await explain(name);
    const waits = JSON.parse(await lab.ok("explain", "--json")) as Explained;
    expect(waits.verdict, "without a subject it is the one that waits").to.deep.equal(full.verdict);
    expect(full.causes[0]?.text).to.match(/^2 of 4 replicas take part and a quorum of 3 is needed/);
    expect(full.replicas.map(({ state }) => state)).to.deep.equal(["primary", "backup", "down", "down"]);
    await lab.ok("restart", "2");
    await until(
      "three of four execute it",
      async () =>
        (await explain(name)).kind !== "waits-for-prepares" &&
        (await explain(name)).replicas.filter(({ phase }) => phase === "executed").length === 3,
    );
  });

  it("in a cluster that is down: what the traces tell, and which command helps", async () => {
    await lab.ok("down");
    const { kind, advice, verdict } = await explain(1);
    expect({ kind, advice }).to.deep.equal({ kind: "behind", advice: "bft up" });
    expect(verdict.text).to.match(
      /^sequence number 1 was executed by replicas 0 to 3, as the traces tell; no replica answers now$/,
    );
  });
});
