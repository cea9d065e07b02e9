import { expect } from "chai";
import { until } from "../../support/lab.js";
import { LiarLab } from "./support/liar-lab.js";
import { behavioursFor } from "./support/occasions.js";

/** The only one that ever lies: `bft check` judges the others. */
const LIAR = 2;

describe("a backup lies in a real cluster: answers are right, and the others go on without it", function () {
  this.timeout(240_000);
  let liars: LiarLab;

  before(async () => {
    liars = await LiarLab.open(1);
  });
  after(() => liars.close());

  for (const behaviour of behavioursFor("backup")) {
    it(behaviour, async () => {
      await liars.lie(behaviour, [LIAR], liars.workUntil);
    });
  }

  for (const behaviour of behavioursFor("idle")) {
    it(`${behaviour}, also when there is nothing to do`, async () => {
      const view = (await liars.statuses())[0]?.machine.view ?? 0;
      await liars.lie(behaviour, [LIAR], (told) => until("lies were told", told));
      for (const { machine } of await liars.statuses()) expect(machine.view, "nobody followed it far").to.be.at.most(view + 1);
    });
  }

  for (const behaviour of behavioursFor("restart")) {
    it(`${behaviour}, until it is restarted`, async () => {
      await liars.beginToLie(behaviour, [LIAR], liars.workUntil);
      await liars.lab.ok("restart", String(LIAR));
      await liars.work();
      await until("it has caught up", async () => {
        const executed = (await liars.statuses()).map(({ machine }) => machine.lastExecuted);
        return executed.every((each) => each >= Math.max(...executed));
      });
      expect((await liars.lab.status(LIAR)).behaviour, "who is restarted is honest").to.equal(null);
    });
  }

  it("two votes of one replica are found out by the others", async () => {
    await liars.lie("double-vote", [LIAR], liars.workUntil);
    await until("a correct replica has the evidence", () => liars.lab.events(LIAR + 1).includes("evidence"));
  });

  for (const behaviour of behavioursFor("source")) {
    it(`${behaviour}, asked by a replica that missed a window`, async () => {
      // It asks the replica after it first.
      const lagging = LIAR - 1;
      const before = await wrongNodes(lagging);
      await liars.lie(behaviour, [LIAR], async (told) => {
        await until("lies were told", async () => {
          await liars.missWindow(lagging);
          return told();
        });
      });
      if (behaviour === "wrong-chunks") expect(await wrongNodes(lagging), "nodes refused").to.be.greaterThan(before);
    });
  }

  /** How often a replica found that the liar gave it nodes that are not what it asked for. */
  async function wrongNodes(lagging: number): Promise<number> {
    const reasons = await liars.against(lagging, LIAR);
    return (reasons["node-digest-mismatch"] ?? 0) + (reasons["node-malformed"] ?? 0);
  }

  it("in the end all have the same state", () => liars.expectAllWell());
});
