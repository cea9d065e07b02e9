import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterClient, loadCluster } from "@bft/replica";
import { expect } from "chai";
import { isAlive, Lab, type Submitted, until } from "../support/lab.js";
import { inProject } from "../support/project.js";

/** The first program in the README. */
const EXAMPLE = /^```js\n(.*?)^```$/ms.exec(readFileSync(inProject("README.md"), "utf8"))?.[1] ?? "";
const IDS = [0, 1, 2, 3];

/** The example, with a mistake of each kind beside it. */
const MISTAKES = `import votes from "./votes.js";

let memory = 0;

export default {
  name: "votes with mistakes",
  execute(store, operation, context): unknown {
    if (operation === "spin") while (true) {}
    if (operation === "stubborn") for (;;) try { while (true); } catch {}
    if (operation === "deep") return this.execute(store, operation, context);
    if (operation === "remember") return ++memory;
    if (operation.startsWith("half")) {
      store.put("half", "done");
      if (operation === "half no") return { ok: false, value: "no" };
      throw new TypeError("half way");
    }
    return votes(store, operation);
  },
};
`;

describe("a service of one's own", function () {
  this.timeout(180_000);
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
    writeFileSync(join(lab.dir, "votes.js"), EXAMPLE);
  });
  afterEach(() => lab.close());

  /** Submits what the service is to refuse. */
  async function refused(operation: string): Promise<Submitted> {
    const { code, stdout, stderr } = await lab.run("submit", "--json", operation);
    expect(code, stderr).to.equal(1);
    return JSON.parse(stdout) as Submitted;
  }

  /** Fills a checkpoint with all kinds of operations: all replicas must come to one and the same state. */
  async function expectOneState(operations: readonly string[]): Promise<void> {
    const { limits } = await loadCluster(lab.cluster);
    const client = await ClusterClient.open(lab.cluster);
    for (let i = 0; i < limits.checkpointInterval; i++) await client.submit([operations[i % operations.length] ?? ""]);
    await client.close();
    let checkpoints: readonly { readonly seq: number; readonly stateDigest: string }[] = [];
    await until("all four replicas have a stable checkpoint", async () => {
      checkpoints = (await Promise.all(IDS.map((id) => lab.status(id)))).map(({ machine }) => machine.checkpoint);
      return checkpoints.every(({ seq }) => seq === limits.checkpointInterval);
    });
    expect(new Set(checkpoints.map(({ stateDigest }) => stateDigest)).size).to.equal(1);
  }

  it("the example of the README: ten lines, replicated, and kept over down and up", async () => {
    expect(EXAMPLE.trimEnd().split("\n").length).to.be.within(5, 10);
    expect(readFileSync(inProject("docs", "examples", "votes.js"), "utf8")).to.equal(EXAMPLE);
    await lab.ok("up", "--detach", "--service", "./votes.js");
    expect(await lab.value("vote ann")).to.equal("ann has 1");
    expect(await lab.value("vote ann")).to.equal("ann has 2");
    expect(await lab.value("result ann")).to.equal("2");
    const { results } = await refused("elect ann");
    expect(results).to.deep.equal([{ ok: false, value: "expected: vote <name> | result <name>" }]);
    expect(JSON.parse(await lab.ok("status", "--json"))).to.include({ service: "votes" });
    await lab.ok("down");

    writeFileSync(join(lab.dir, "votes.js"), "export default () => 'another';\n");
    const { code, stderr } = await lab.run("up", "--detach");
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/votes\.js has changed since this cluster was made.*bft up --service \.\/votes\.js --fresh/);
    expect(await lab.value("vote ann")).to.equal("ann has 3");
    await lab.ok("down");

    await lab.ok("up", "--detach", "--service", "./votes.js", "--fresh");
    expect(await lab.value("vote ann")).to.equal("another");
  });

  it("an operation that does not end, or throws, is a failed result; all replicas live on and agree", async () => {
    writeFileSync(join(lab.dir, "mistakes.ts"), MISTAKES);
    await lab.ok("up", "--detach", "--service", "mistakes.ts");
    const pids = lab.pids();
    const steps = "the operation used more than 1,000,000 steps";
    const failures: readonly (readonly [operation: string, value: string])[] = [
      ["spin", steps],
      ["stubborn", steps],
      ["deep", "the operation made more than 1,000 calls inside each other"],
      ["half", "TypeError in the service; replica.log in the folder of a replica says more"],
      ["half no", "no"],
    ];
    await lab.ok("submit", "vote ann");
    for (const [operation, value] of failures) {
      const { results, disagreed } = await refused(operation);
      expect(results, operation).to.deep.equal([{ ok: false, value }]);
      expect(disagreed, operation).to.deep.equal([]);
    }
    expect([await lab.value("remember"), await lab.value("remember")]).to.deep.equal(["1", "1"]);
    expect(await lab.value("vote ann")).to.equal("ann has 2");
    await expectOneState(["vote ann", "vote bob", ...failures.map(([operation]) => operation)]);
    expect(pids.every(isAlive)).to.equal(true);
    expect(lab.logs()).to.include("TypeError: half way");
    expect((await lab.status(0)).machine.view, "no view change: an operation that is stopped takes no time").to.equal(0);
  });

  it("a replica refuses code that is not the cluster's", async () => {
    await lab.ok("up", "--detach", "--service", "./votes.js");
    await lab.ok("submit", "vote ann");
    await lab.ok("kill", "2");
    const file = join(lab.cluster, "service.js");
    const code = readFileSync(file, "utf8");
    writeFileSync(file, code.replace("count + 1", "count + 2"));
    const { code: exit, stderr } = await lab.run("restart", "2");
    expect(exit).to.equal(1);
    expect(stderr).to.match(/service\.js is not the service that this cluster was made with/);
    writeFileSync(file, code);
    await lab.ok("restart", "2");
    expect(await lab.value("vote ann")).to.equal("ann has 2");
  });

  const mistakes: readonly (readonly [title: string, source: string | null, says: RegExp])[] = [
    ["a file that is not there", null, /^error: there is no file mine\.js; /],
    ["a mistake in the syntax", "export default (store) => {\n  return +;\n};\n", /^error: mine\.js:2:11: Unexpected ";"/],
    ["no default export", "const x = 1;\n", /^error: mine\.js has no default export; write: export default/],
    [
      "a clock",
      "export default () => Date.now();\n",
      /^error: mine\.js:1:22: Date is not available in a service: replicas would disagree/,
    ],
  ];
  for (const [title, source, says] of mistakes)
    it(`${title}: one sentence, and nothing is made or lost`, async () => {
      if (source !== null) writeFileSync(join(lab.dir, "mine.js"), source);
      const first = await lab.run("up", "--detach", "--service", "./mine.js");
      expect(first.code).to.equal(1);
      expect(first.stderr).to.match(says);
      expect(first.stderr.trim().split("\n")).to.have.length(1);
      expect(existsSync(lab.cluster)).to.equal(false);

      await lab.ok("up", "--detach", "--service", "counter");
      await lab.ok("submit", "add 5");
      await lab.ok("down");
      expect((await lab.run("up", "--detach", "--service", "./mine.js", "--fresh")).code).to.equal(1);
      await lab.ok("up", "--detach");
      expect(await lab.value("get"), "--fresh with a broken service keeps the cluster").to.equal("5");
    });
});
