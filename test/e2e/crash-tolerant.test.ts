import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Lab, until } from "../support/lab.js";

for (const protocol of ["multipaxos", "raft"]) {
  describe(`${protocol} on real processes: 2f+1 replicas that tolerate crashes`, function () {
    this.timeout(240_000);
    let lab: Lab;

    before(async () => {
      lab = await Lab.open();
      // Snapshots come often, so that who was away has to be sent one.
      await lab.upTuned({ checkpointInterval: 2, pipelineDepth: 2 }, "--protocol", protocol);
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
      for (let i = 0; i < 7; i++) await lab.submit(`set k${i} ${i}`);
      const { seq } = await lab.submit("set k7 7");
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
      expect(await lab.value("get k7")).to.equal("7");
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
