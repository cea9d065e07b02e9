import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CountingClients } from "../support/counting-clients.js";
import { isAlive, Lab, until } from "../support/lab.js";

const ALL = [0, 1, 2, 3];

describe("nothing is lost", function () {
  this.timeout(240_000);
  let lab: Lab;

  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  it("kill -9 of all replicas at once, twice, in the middle of load: every answered write is there, none executed twice", async () => {
    await lab.upTuned({ checkpointInterval: 16 }, "--service", "counter");
    const load = await CountingClients.start(lab.cluster, 6);
    for (const goal of [150, 400]) {
      await until(`${goal} operations are answered`, () => load.answered >= goal);
      const pids = lab.pids();
      for (const pid of pids) process.kill(pid, "SIGKILL");
      await until("all are dead", () => pids.every((pid) => !isAlive(pid)));
      await lab.ok("up", "--detach");
    }
    await until("more is answered after the second crash", () => load.answered >= 600);
    const { submitted, answers } = await load.stop();
    const count = Number(await lab.value("get"));
    // Each answer is the count after it: executed twice, or lost and executed again, an addition would repeat or skip one.
    expect(answers).to.have.length(submitted);
    expect(new Set(answers).size, "answers that repeat").to.equal(answers.length);
    expect(count).to.equal(submitted);
    expect(Math.max(...answers)).to.equal(count);
    const { seq } = await lab.submit("get");
    await lab.converge(ALL, seq);
  });

  it("a torn last write is cut off, and the replica goes on voting", async () => {
    await lab.ok("up", "--detach");
    for (let i = 0; i < 5; i++) await lab.ok("submit", `set k${i} ${i}`);
    await lab.ok("kill", "2");
    const log = onlySegment(join(lab.cluster, "replica-2"));
    // behind what is written the log has room, which is zeros
    const written = readFileSync(log).findLastIndex((byte) => byte !== 0) + 1;
    truncateSync(log, written - 7);
    await lab.ok("restart", "2");
    const { seq } = await lab.submit("set after tear");
    await lab.converge(ALL, seq);
    expect(lab.logs()).to.match(/the last write did not finish/);
    expect(lab.events(2)).to.not.include("abstaining");
  });

  it("a log damaged in the middle is reported and set aside; the replica fetches its state and abstains from voting", async () => {
    await lab.ok("up", "--detach");
    for (let i = 0; i < 5; i++) await lab.ok("submit", `set k${i} ${i}`);
    await lab.ok("kill", "2");
    const log = onlySegment(join(lab.cluster, "replica-2"));
    const bytes = readFileSync(log);
    bytes[60] = (bytes[60] ?? 0) ^ 0xff;
    writeFileSync(log, bytes);
    await lab.ok("restart", "2");
    expect(readdirSync(join(lab.cluster, "replica-2"))).to.include("damaged-1");
    expect(lab.logs()).to.match(/is damaged at byte \d+, before its end/);
    const { seq } = await lab.submit("set after damage");
    await lab.converge(ALL, seq);
    expect(lab.events(2)).to.include.members(["damaged", "abstaining"]);
  });

  it("a saved state that is not the one a quorum attested is set aside, too", async () => {
    await lab.upTuned({ checkpointInterval: 8 });
    for (let i = 0; i < 20; i++) await lab.ok("submit", `set k${i} ${i}`);
    const folder = join(lab.cluster, "replica-1");
    await until("a checkpoint is saved", () => !readdirSync(folder).includes("protocol-0.log"));
    await lab.ok("down");
    const file = join(folder, "state", "data.mdb");
    const bytes = readFileSync(file);
    const at = bytes.indexOf("s/k1");
    expect(at, "a key in the state file").to.be.greaterThan(0);
    bytes.write("s/kX", at);
    for (let next = bytes.indexOf("s/k1", at); next >= 0; next = bytes.indexOf("s/k1", next + 1)) bytes.write("s/kX", next);
    writeFileSync(file, bytes);
    await lab.ok("up", "--detach");
    const { seq } = await lab.submit("set after damage");
    await lab.converge(ALL, seq);
    expect(lab.logs()).to.match(/is not the one that a quorum attested/);
  });
});

function onlySegment(folder: string): string {
  const segments = readdirSync(folder).filter((name) => name.startsWith("protocol-"));
  expect(segments).to.have.length(1);
  return join(folder, segments[0] ?? "");
}
