import { expect } from "chai";
import { isAlive, Lab, until } from "../support/lab.js";

describe("nothing is left running", function () {
  this.timeout(120_000);
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  /** `bft up` in the foreground, without a terminal, until all four replicas are up. */
  async function upInForeground() {
    const up = lab.spawn("up");
    let output = "";
    up.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const ended = new Promise<number | null>((resolve) => up.on("close", resolve));
    await until("four replicas are up", () => (output.match(/replica \d up on /g) ?? []).length === 4);
    const pids = lab.pids();
    expect(pids).to.have.length(4);
    return { up, ended, pids };
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`${signal} stops the whole cluster in order`, async () => {
      const { up, ended, pids } = await upInForeground();
      await lab.ok("submit", "set x 1");
      up.kill(signal);
      await ended;
      expect(pids.filter(isAlive)).to.deep.equal([]);
    });
  }

  it("also when bft up itself is killed, and with a replica that was restarted meanwhile", async () => {
    const { up, ended } = await upInForeground();
    await lab.ok("kill", "2");
    await lab.ok("restart", "2");
    const pids = lab.pids();
    expect(pids).to.have.length(4);
    up.kill("SIGKILL");
    await ended;
    await until("all replicas have ended", () => pids.every((pid) => !isAlive(pid)));
  });

  it("and what was written is there when the cluster comes up again", async () => {
    await lab.ok("up", "--detach");
    await lab.ok("submit", "set kept yes");
    const pids = lab.pids();
    await lab.ok("down");
    expect(pids.filter(isAlive)).to.deep.equal([]);
    await lab.ok("up", "--detach");
    expect(await lab.value("get kept")).to.equal("yes");
  });
});
