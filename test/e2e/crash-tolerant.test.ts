import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterClient, type ClusterConfig } from "@bft/replica";
import { expect } from "chai";
import { Lab, PATIENCE_MS, until } from "../support/lab.js";

for (const protocol of ["multipaxos", "raft"]) {
  describe(`${protocol} on real processes: 2f+1 replicas that tolerate crashes`, function () {
    this.timeout(240_000);
    let lab: Lab;

    before(async () => {
      lab = await Lab.open();
      await lab.ok("up", "--detach", "--protocol", protocol);
      await lab.ok("down");
      tune(lab);
      await lab.ok("up", "--detach");
    });
    after(() => lab.close());

    /** Who leads, once somebody does. */
    async function leader(): Promise<number> {
      let found = -1;
      await until("somebody leads", async () => {
        const { verdict, primary } = JSON.parse(await lab.ok("status", "--json")) as {
          verdict: { serves: boolean };
          primary: number | null;
        };
        found = verdict.serves && primary !== null ? primary : -1;
        return found !== -1;
      });
      return found;
    }

    it("three replicas answer what was written, the leader alone", async () => {
      expect((JSON.parse(await lab.ok("status", "--json")) as { replicas: unknown[] }).replicas).to.have.length(3);
      expect(await lab.value("set x 1")).to.equal("ok");
      const read = await lab.submit("get x");
      expect(read.results).to.deep.equal([{ ok: true, value: "1" }]);
      expect(read.agreed).to.deep.equal([await leader()]);
      expect(read.silent).to.deep.equal([]);
    });

    it("goes on when the leader is killed; with one more down it waits, and nothing is lost", async () => {
      const first = await leader();
      const { view } = await lab.submit("get x");
      await lab.ok("kill", String(first));
      const written = await lab.submit("set x 2");
      expect(written.view, "another leader").to.be.greaterThan(view);
      const second = await leader();
      expect(second).not.to.equal(first);
      await lab.ok("kill", String(second));
      const { code, stderr } = await lab.run("submit", "--timeout", "1s", "set x 3");
      expect(code).to.equal(1);
      expect(stderr).to.contain("1 of 3 are up and 2 are needed");
      await lab.ok("restart", String(second));
      expect(await lab.value("get x")).to.be.oneOf(["2", "3"]);
      await lab.ok("restart", String(first));
    });

    it("sends who was away a snapshot of what it missed", async () => {
      const away = [0, 1, 2].find((id) => id !== 0) as number;
      await lab.ok("kill", String(away));
      // A link keeps what it could not deliver; a cut one loses it.
      await lab.ok("partition", String(away));
      // More than the sixteen intervals of the log that stay for who is behind.
      const seq = await submitMany(lab, 60);
      await lab.ok("heal");
      await lab.ok("restart", String(away));
      await lab.converge([0, 1, 2], seq);
      await until("its trace tells that it was", () => traced(lab, away).includes('"state-installed"'));
    });

    it("a partition leaves the smaller side without answers; healed, all are alike", async () => {
      const alone = await leader();
      const rest = [0, 1, 2].filter((id) => id !== alone);
      await lab.ok("partition", String(alone), rest.join(","));
      const written = await lab.submit("set y 1");
      expect(rest, "the majority elected another leader").to.include(written.agreed[0]);
      await lab.ok("heal");
      await lab.converge([0, 1, 2], written.seq);
    });

    it("keeps everything when all are killed at once", async () => {
      for (const id of [0, 1, 2]) await lab.ok("kill", String(id));
      await lab.ok("down");
      await lab.ok("up", "--detach");
      expect(await lab.value("get y")).to.equal("1");
      expect(await lab.value("get k9")).to.equal("9");
    });

    it("who lost its disk follows, and votes no more", async () => {
      const lost = [0, 1, 2].filter((id) => id !== 0)[0] as number;
      await lab.ok("kill", String(lost));
      rmSync(join(lab.cluster, `replica-${lost}`, "state"), { recursive: true, force: true });
      for (const name of segments(lab, lost)) rmSync(join(lab.cluster, `replica-${lost}`, name));
      await lab.ok("restart", String(lost));
      const { seq } = await lab.submit("set z 1");
      await until("it has executed what the others have", async () => (await lab.status(lost)).machine.lastExecuted >= seq);
      expect((await lab.status(lost)).machine.abstaining).to.deep.equal({ until: null });
      expect(await lab.ok("status")).to.contain(`replica ${lost} has lost its disk: it follows and does not vote`);
    });

    it("its vote is missing when another one is down", async () => {
      await lab.ok("kill", "0");
      const { code, stderr } = await lab.run("submit", "--timeout", "700ms", "set z 2");
      expect(code).to.equal(1);
      expect(stderr).to.contain("no answer of a leader within 0.7 s (replica 0 can not be reached)");
      await lab.ok("restart", "0");
      expect(await lab.value("get z")).to.be.oneOf(["1", "2"]);
    });

    it("bft check finds nothing wrong, and names what it looked at", async () => {
      await until("the checks hold", async () => {
        const { code, stdout } = await lab.run("check");
        expect(stdout)
          .to.match(/one-leader +holds/)
          .and.match(/promises +holds/);
        expect(stdout).not.to.contain("violated,");
        return code !== 1;
      });
    });

    it("keeps to its protocol", async () => {
      await lab.ok("down");
      const { code, stderr } = await lab.run("up", "--detach", "--protocol", "pbft");
      expect(code).to.equal(1);
      expect(stderr).to.contain(`runs ${protocol}, not pbft`);
      const fast = await lab.run("up", "--detach", "--reads", "fast");
      expect(fast.code).to.equal(2);
      expect(fast.stderr).to.contain("fast reads are PBFT's");
    });
  });
}

/** Elections come soon, and snapshots often, so that who was away has to be sent one. */
function tune(lab: Lab): void {
  const file = join(lab.cluster, "cluster.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as ClusterConfig;
  const limits = { ...config.limits, checkpointInterval: 2, pipelineDepth: 2 };
  const timeouts = { viewChangeMs: 600, statusMs: 100, clientRetryMs: 200 };
  writeFileSync(file, JSON.stringify({ ...config, limits, timeouts }));
}

/** Writes 0 to k0, 1 to k1 and so on, one request each. @returns the last one's place in the log */
async function submitMany(lab: Lab, count: number): Promise<number> {
  const client = await ClusterClient.open(lab.cluster);
  let last = 0;
  try {
    for (let i = 0; i < count; i++) last = (await client.submit([`set k${i} ${i}`], { timeoutMs: PATIENCE_MS })).seq;
  } finally {
    await client.close();
  }
  return last;
}

/** The files of a replica's log. */
function segments(lab: Lab, id: number): readonly string[] {
  return readdirSync(join(lab.cluster, `replica-${id}`)).filter((name) => /^protocol-\d+\.log$/.test(name));
}

/** All that a replica has traced. */
function traced(lab: Lab, id: number): string {
  const folder = join(lab.cluster, `replica-${id}`, "trace");
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
}
