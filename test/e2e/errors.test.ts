import { createServer, type Server } from "node:net";
import { expect } from "chai";
import { Lab } from "../support/lab.js";

/** One sentence for a person: no trace of the stack, no code path, and a way on. */
function expectOneSentence(stderr: string): void {
  const lines = stderr.trim().split("\n");
  expect(lines, stderr).to.have.length(1);
  expect(stderr).to.not.match(/\bat .*:\d+:\d+/);
}

describe("mistakes get one clear sentence and a non-zero exit", function () {
  this.timeout(120_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.open();
    await lab.ok("up", "--detach");
  });
  after(() => lab.close());

  const cases: readonly (readonly [title: string, args: readonly string[], says: RegExp])[] = [
    ["a replica that does not exist", ["kill", "7"], /replica 7 does not exist; this cluster has replicas 0 to 3/],
    ["no cluster there", ["submit", "set x 1", "--dir", "nowhere"], /no cluster in nowhere.*bft up/],
    ["a lie that is not in the catalogue", ["byzantine", "1", "fibbing"], /fibbing.*(equivocate|--list)/],
    ["a command that does not exist", ["sumbit", "get x"], /submit/],
    ["a flag that does not exist", ["status", "--loud"], /--loud/],
    ["another f than the cluster has", ["up", "--detach", "--f", "2"], /(runs already|f = 1)/],
    ["an empty operation", ["submit", " "], /empty/],
  ];
  for (const [title, args, says] of cases) {
    it(title, async () => {
      const { code, stderr } = await lab.run(...args);
      expect(code).to.be.oneOf([1, 2]);
      expect(stderr).to.match(says);
      expectOneSentence(stderr);
    });
  }

  it("an operation that the service does not know: its reason, and exit code 1", async () => {
    const { code, stdout } = await lab.run("submit", "jump x");
    expect(code).to.equal(1);
    expect(stdout).to.match(/refused: .*"jump".*get <key>/);
  });

  it("a quorum that is gone: which replicas, how many are needed, what next; and it answers again after that", async () => {
    await lab.ok("kill", "1");
    await lab.ok("kill", "3");
    const { code, stderr } = await lab.run("submit", "set x 1", "--timeout", "1s");
    expect(code).to.equal(1);
    const [error = "", ...explained] = stderr.trim().split("\n");
    expect(error).to.match(/replicas 1, 3 can not be reached.*3 are needed.*bft restart 1/);
    expect(explained.length, "how it stands with the request follows").to.be.within(1, 3);
    expectOneSentence(error);
    await lab.ok("restart", "1");
    expect(await lab.value("set y 1")).to.equal("ok");
  });
});

describe("a port that is busy", function () {
  this.timeout(60_000);
  let lab: Lab;
  let server: Server;

  before(async () => {
    lab = await Lab.open();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    await lab.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("is named, and no replica is left running", async () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await lab.run("up", "--detach", "--port", String(port));
    expect(code).to.equal(1);
    expect(stderr).to.match(new RegExp(`port ${port} is in use.*--port`));
  });
});
