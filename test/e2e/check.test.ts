import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CountingClients } from "../support/counting-clients.js";
import { Lab, until } from "../support/lab.js";

/** What `bft check --json` prints. */
interface Checked {
  readonly code: number | null;
  readonly verdict: string;
  readonly summary: string;
  readonly liars: readonly number[];
  readonly checks: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly looked: string;
    readonly why: string | null;
    readonly replicas: readonly number[];
    readonly seq: number | null;
  }[];
}

describe("bft check", function () {
  this.timeout(240_000);
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  async function check(...args: readonly string[]): Promise<Checked> {
    const { code, stdout, stderr } = await lab.run("check", "--json", ...args);
    expect(stdout, stderr).to.match(/^\{"dir"/);
    return { code, ...(JSON.parse(stdout) as Omit<Checked, "code">) };
  }

  function named({ checks }: Checked, name: string): Checked["checks"][number] {
    const found = checks.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no check ${name}`);
    return found;
  }

  function expectVerdict(checked: Checked, verdict: string, code: number): void {
    expect({ verdict: checked.verdict, code: checked.code }, JSON.stringify(checked.checks, null, 1)).to.deep.equal({
      verdict,
      code,
    });
  }

  /** Changes what a process wrote down. */
  function tamper(path: string, from: RegExp, to: string): void {
    const text = readFileSync(path, "utf8");
    expect(text).to.match(from);
    writeFileSync(path, text.replace(from, to));
  }

  it("holds while clients work, the primary is killed, the view changes and the primary comes back", async () => {
    await lab.upTuned({ checkpointInterval: 8 }, "--service", "counter");
    const load = await CountingClients.start(lab.cluster, 4);
    await until("40 operations are answered", () => load.answered >= 40);
    expectVerdict(await check(), "holds", 0);
    await lab.ok("kill", "0");
    const before = load.answered;
    await until("the others go on", () => load.answered >= before + 40);
    await lab.ok("restart", "0");
    const { submitted } = await load.stop();
    const { seq } = await lab.submit("get");
    await lab.converge([0, 1, 2, 3], seq);
    const checked = await check();
    expectVerdict(checked, "holds", 0);
    expect(named(checked, "linearizability").looked).to.match(new RegExp(`^${submitted + 1} requests of [45] clients`));
    expect(named(checked, "new-view").looked, "the view changed").to.match(/^[1-9]\d* view-changes?, [1-9]\d* new-views?$/);
    expect(named(checked, "monotone").looked, "four starts, up after down, and one restart").to.match(/^9 starts, /);
    expect(named(checked, "agreement").looked).to.match(new RegExp(` of ${seq} sequence numbers$`));
    expect(named(checked, "checkpoint-equality").looked).to.match(/^[1-9]/);
    await lab.ok("down");
    const stopped = await check();
    expectVerdict(stopped, "unknown", 2);
    expect(stopped.checks.filter((each) => each.verdict === "unknown").map(({ name }) => name)).to.deep.equal([
      "state",
      "liveness",
    ]);
  });

  it("holds with fast reads, and with a replica that lies, which it does not judge", async () => {
    await lab.ok("up", "--detach", "--reads", "fast");
    await lab.ok("submit", "set x 1");
    await lab.ok("byzantine", "2", "wrong-reply");
    await lab.ok("submit", "--read", "get x");
    await lab.ok("submit", "set x 2");
    await lab.ok("submit", "--read", "get x");
    const checked = await check();
    expectVerdict(checked, "holds", 0);
    expect(checked.liars).to.deep.equal([2]);
    expect(named(checked, "linearizability").looked).to.equal("4 requests of 1 client");
    expect(await lab.ok("check")).to.match(/^not judged, because it lied at some time: replica 2$/m);
  });

  it("finds a replica that executed something else, and names it with the sequence number", async () => {
    await lab.ok("up", "--detach");
    for (let i = 0; i < 3; i++) await lab.ok("submit", `set k${i} ${i}`);
    await lab.ok("down");
    const trace = join(lab.cluster, "replica-2", "trace", "000000.jsonl");
    tamper(trace, /("kind":"executed","seq":2,"view":0,"digest":")[0-9a-f]{64}/, `$1${"ab".repeat(32)}`);
    await lab.ok("up", "--detach");
    const checked = await check();
    expectVerdict(checked, "violated", 1);
    const agreement = named(checked, "agreement");
    expect(agreement).to.deep.include({ verdict: "violated", seq: 2 });
    expect(agreement.replicas).to.include(2);
    // Who of two replicas is named first depends on whose event comes later in the merged trace.
    expect(agreement.why).to.match(
      /^replica (2 executed .* at sequence number 2,|\d executed .* at sequence number 2, where replica 2 had executed)/,
    );
    const { code, stdout } = await lab.run("check");
    expect({ code, last: stdout.trim().split("\n").at(-1) }).to.deep.include({ code: 1, last: checked.summary });
  });

  it("finds a client that was told something that can not be", async () => {
    await lab.ok("up", "--detach");
    await lab.ok("submit", "set x 1");
    await lab.ok("submit", "get x");
    await lab.ok("submit", "set x 2");
    tamper(join(lab.cluster, "history", "client-0.jsonl"), /"value":"1"/, '"value":"2"');
    const checked = await check();
    expectVerdict(checked, "violated", 1);
    expect(named(checked, "linearizability").why).to.match(/get x/);
  });

  it("finds an operation that its client never asked for", async () => {
    await lab.ok("up", "--detach");
    for (let i = 0; i < 2; i++) await lab.ok("submit", `set k${i} ${i}`);
    tamper(join(lab.cluster, "history", "client-0.jsonl"), /"set k1 1"/, '"set k1 2"');
    const validity = named(await check(), "validity");
    expect(validity).to.deep.include({ verdict: "violated", seq: 2 });
    expect(validity.why).to.match(/set k1 1.*client 0 had asked for .*set k1 2/);
  });

  it("is unknown with too few replicas up, and says what is needed", async () => {
    await lab.ok("up", "--detach");
    await lab.ok("submit", "set x 1");
    await lab.ok("kill", "2");
    await lab.ok("kill", "3");
    const checked = await check();
    expectVerdict(checked, "unknown", 2);
    expect(named(checked, "liveness")).to.deep.include({ verdict: "unknown", looked: "2 of 4 replicas take part" });
  });

  it("is unknown when a trace does not reach back to the beginning, and says from where on it was checked", async () => {
    await lab.ok("up", "--detach");
    for (let i = 0; i < 3; i++) await lab.ok("submit", `set k${i} ${i}`);
    await lab.ok("kill", "1");
    await lab.ok("restart", "1");
    await lab.converge([0, 1, 2, 3], (await lab.submit("set later 1")).seq);
    rmSync(join(lab.cluster, "replica-1", "trace", "000000.jsonl"));
    const checked = await check();
    expectVerdict(checked, "unknown", 2);
    expect(named(checked, "trace").why).to.match(/^the trace of replica 1 begins at sequence number 4: /);
  });

  it("is unknown when a replica has stopped writing its trace", async () => {
    await lab.ok("up", "--detach");
    await lab.ok("kill", "1");
    rmSync(join(lab.cluster, "replica-1", "trace"), { recursive: true });
    writeFileSync(join(lab.cluster, "replica-1", "trace"), "in the way");
    await lab.ok("restart", "1");
    await lab.converge([0, 1, 2, 3], (await lab.submit("set x 1")).seq);
    const checked = await check();
    expectVerdict(checked, "unknown", 2);
    expect(named(checked, "trace").why).to.match(/there is no trace of replica 1/);
    expect(lab.logs()).to.match(/nothing is traced any more/);
  });

  it("is unknown when a trace ends before what its replica says to have executed", async () => {
    await lab.ok("up", "--detach");
    for (let i = 0; i < 3; i++) await lab.ok("submit", `set k${i} ${i}`);
    await lab.converge([0, 1, 2, 3], 3);
    expectVerdict(await check(), "holds", 0);
    // The replica goes on to write into the file that is deleted here.
    const path = join(lab.cluster, "replica-1", "trace", "000000.jsonl");
    const text = readFileSync(path, "utf8");
    rmSync(path);
    writeFileSync(path, text.slice(0, text.indexOf('"kind":"executed","seq":3')));
    const checked = await check();
    expectVerdict(checked, "unknown", 2);
    expect(named(checked, "trace").why).to.match(/^the trace of replica 1 ends at 2, though it has executed 3;/);
  });

  it("is unknown when somebody wrote into a trace what no replica writes, and without a cluster", async () => {
    expect((await lab.run("check")).code, "no cluster").to.equal(2);
    await lab.ok("up", "--detach");
    await lab.ok("submit", "set x 1");
    await lab.ok("down");
    tamper(join(lab.cluster, "replica-3", "trace", "000000.jsonl"), /"requests":\[/, '"requests":[null,');
    const checked = await check();
    expectVerdict(checked, "unknown", 2);
    expect(named(checked, "trace").why).to.match(/^the event after [\d.]+ ms can not be understood/);
    expect(named(checked, "linearizability").verdict).to.equal("unknown");
  });

  it("requests that stand in no history are not taken for invented ones", async () => {
    await lab.ok("up", "--detach");
    await lab.ok("submit", "set x 1");
    rmSync(join(lab.cluster, "history"), { recursive: true });
    await lab.ok("submit", "get x");
    const checked = await check();
    expectVerdict(checked, "unknown", 2);
    expect(named(checked, "validity").why).to.match(/^1 executed request of clients that wrote no history/);
    expect(named(checked, "linearizability")).to.deep.include({
      verdict: "holds",
      looked: "2 requests of 1 client, 1 of them without a known answer",
    });
  });

  it("goes on after down and up, and begins anew with --fresh", async () => {
    await lab.ok("up", "--detach");
    await lab.ok("submit", "set x 1");
    await lab.ok("down");
    await lab.ok("up", "--detach");
    // What a replica tells is written a moment after it happened.
    const segments = () => readdirSync(join(lab.cluster, "replica-0", "trace")).join();
    await until("a segment for each process", () => segments() === "000000.jsonl,000001.jsonl");
    expect(named(await check(), "linearizability").looked).to.equal("1 request of 1 client");
    await lab.ok("down");
    await lab.ok("up", "--detach", "--fresh");
    await until("four starts and no more are told", async () => /^4 starts, /.test(named(await check(), "monotone").looked));
    const checked = await check();
    expectVerdict(checked, "holds", 0);
    expect(named(checked, "linearizability").looked).to.equal("0 requests of 0 clients");
  });

  it("a history in a file: 0, 1, and 2 when it is none, without any cluster", async () => {
    const read = (value: string | null) => ({
      version: 1,
      service: "kv",
      operations: [
        {
          client: 0,
          id: 1,
          operations: ["set x 1"],
          readOnly: false,
          invoked: 1,
          returned: 2,
          results: [{ ok: true, value: "ok" }],
        },
        { client: 1, id: 1, operations: ["get x"], readOnly: false, invoked: 3, returned: 4, results: [{ ok: true, value }] },
      ],
    });
    const path = join(lab.dir, "history.json");
    writeFileSync(path, JSON.stringify(read("1")));
    expectVerdict(await check("--history", path), "holds", 0);
    writeFileSync(path, JSON.stringify(read(null)));
    expectVerdict(await check("--history", path), "violated", 1);
    writeFileSync(path, "{}");
    const { code, stderr } = await lab.run("check", "--history", path);
    expect(code).to.equal(2);
    expect(stderr).to.match(/is not a history: the file has no field version/);
  });
});
