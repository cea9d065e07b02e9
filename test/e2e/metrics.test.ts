import { get } from "node:http";
import { expect } from "chai";
import { parsePage } from "../../packages/replica/test/metrics/text-format.js";
import { Lab } from "../support/lab.js";

describe("metrics of a real cluster", function () {
  this.timeout(120_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.open();
  });
  after(() => lab.close());

  it("each replica serves its own where bft up and bft status say, and they agree with bft status", async () => {
    const up = JSON.parse(await lab.ok("up", "--detach", "--json", "--metrics", "auto")) as {
      replicas: readonly { readonly id: number; readonly metrics: string }[];
    };
    await lab.submit("set x 1", "set y 2", "get x");
    await lab.converge([0, 1, 2, 3], 1);
    for (const { id, metrics } of up.replicas) {
      const before = await lab.status(id);
      const page = parsePage(await (await fetch(metrics)).text());
      const after = await lab.status(id);
      const value = (name: string) => page.find((each) => each.name === name)?.samples[0]?.value;
      expect(before.metrics).to.equal(metrics);
      expect(page[0]?.samples[0]?.labels.replica).to.equal(String(id));
      expect(value("bft_operations_executed_total")).to.equal(3);
      expect(value("bft_last_executed")).to.equal(before.machine.lastExecuted);
      expect(value("bft_primary")).to.equal(Number(before.machine.isPrimary));
      expect(value("bft_messages_received_total")).to.be.within(before.messagesIn, after.messagesIn);
      expect(value("process_cpu_seconds_total")).to.be.within(before.cpuMs / 1000, after.cpuMs / 1000);
      expect(page.find(({ name }) => name === "bft_link_up")?.samples.map((sample) => sample.value)).to.deep.equal([1, 1, 1]);
    }
    expect(await lab.ok("status")).to.include(`replica 3 serves metrics at ${up.replicas[3]?.metrics}`);
  });

  it("a web page that leads a name of its own there reads nothing", async () => {
    const { metrics } = await lab.status(0);
    expect(await codeOf(metrics ?? "", "rebound.example")).to.equal(403);
    expect(await codeOf(metrics ?? "", new URL(metrics ?? "").host)).to.equal(200);
  });

  it("the cluster remembers where, until it is told otherwise", async () => {
    const { metrics } = await lab.status(1);
    await lab.ok("restart", "1");
    expect((await lab.status(1)).metrics).to.equal(metrics);
    await lab.ok("down");
    await lab.ok("up", "--detach", "--metrics", "off");
    expect((await lab.status(1)).metrics).to.equal(null);
  });

  it("what is no port is refused with what would be one", async () => {
    const { code, stderr } = await lab.run("up", "--metrics", "80");
    expect(code).to.equal(2);
    expect(stderr).to.match(/--metrics is a port from 1024 to 65535, auto or off, not "80"/);
  });
});

function codeOf(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}
