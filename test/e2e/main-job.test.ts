import { expect } from "chai";
import { Lab, until } from "../support/lab.js";

for (const faults of [1, 2]) {
  const n = 3 * faults + 1;
  const all = Array.from({ length: n }, (_, id) => id);

  describe(`the main job with f = ${faults}: real processes, the real command line`, function () {
    this.timeout(240_000);
    let lab: Lab;

    before(async () => {
      lab = await Lab.open();
      await lab.ok("up", "--detach", "--f", String(faults));
    });
    after(() => lab.close());

    it("answers what was written", async () => {
      expect(await lab.value("set x 1")).to.equal("ok");
      const read = await lab.submit("get x");
      expect(read.results).to.deep.equal([{ ok: true, value: "1" }]);
      expect(read.agreed).to.have.length.at.least(faults + 1);
    });

    it("goes on with f replicas killed, one of them the primary, and takes them back", async () => {
      const dead = all.slice(0, faults);
      for (const id of dead) await lab.ok("kill", String(id));
      expect(await lab.value("get x")).to.equal("1");
      const written = await lab.submit("set after-kill 2");
      expect(written.results[0]?.value).to.equal("ok");
      expect(written.view, "the primary was replaced").to.be.at.least(1);
      for (const id of dead) expect(written.silent).to.include(id);
      for (const id of dead) await lab.ok("restart", String(id));
      for (const id of dead)
        await until(`replica ${id} has caught up`, async () => (await lab.status(id)).machine.lastExecuted >= written.seq);
    });

    it("counts the restarted replicas again: they are enough when as many others die", async () => {
      const others = all.slice(-faults);
      for (const id of others) await lab.ok("kill", String(id));
      expect(await lab.value("get after-kill")).to.equal("2");
      for (const id of others) await lab.ok("restart", String(id));
      expect(await lab.value("set after-second-kill 3")).to.equal("ok");
    });

    for (const behaviour of ["equivocate", "silent", "wrong-digest", "wrong-reply"]) {
      it(`answers right while the primary lies: ${behaviour}`, async () => {
        const primary = (await lab.status(n - 1)).machine.primary ?? -1;
        await lab.ok("byzantine", String(primary), behaviour);
        for (const value of ["1", "2", "3"]) {
          expect(await lab.value(`set ${behaviour} ${value}`)).to.equal("ok");
          expect(await lab.value(`get ${behaviour}`)).to.equal(value);
        }
        expect((await lab.status(primary)).liesTold, "lies really told").to.be.greaterThan(0);
        await lab.ok("byzantine", String(primary), "--off");
        expect((await lab.status(primary)).behaviour).to.equal(null);
      });
    }

    it("ends with every replica in the same state", async () => {
      const { seq } = await lab.submit("set last 1");
      await until("all have executed it", async () => {
        const reached = await Promise.all(all.map(async (id) => (await lab.status(id)).machine.lastExecuted));
        return reached.every((executed) => executed >= seq);
      });
      const digests = await Promise.all(
        all.map(async (id) => {
          const slot = (await lab.status(id)).machine.slots.find((each) => each.seq === seq);
          return slot?.digest;
        }),
      );
      expect(new Set(digests).size).to.equal(1);
      expect(digests[0]).to.match(/^[0-9a-f]{64}$/);
    });
  });
}
