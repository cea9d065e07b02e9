import { until } from "../../support/lab.js";
import { LiarLab } from "./support/liar-lab.js";
import { behavioursFor } from "./support/occasions.js";

/** Only these lie, one at a time: `bft check` judges the others, and has two of them to compare. */
const LIARS = [0, 1];

describe("a primary lies in a real cluster: answers are right, and the view changes where it must", function () {
  this.timeout(240_000);
  let liars: LiarLab;

  before(async () => {
    liars = await LiarLab.open(1);
  });
  after(() => liars.close());

  for (const behaviour of behavioursFor("primary")) {
    it(behaviour, async () => {
      await liars.lie(behaviour, [await liars.primaryAmong(LIARS)], liars.workUntil);
    });
  }

  for (const behaviour of behavioursFor("next-primary")) {
    it(`${behaviour}, by the next primary`, async () => {
      const before = await liars.primaryAmong(LIARS.map((id) => (id + 3) % 4));
      const liar = (before + 1) % 4;
      await liars.lie(behaviour, [liar], async (told) => {
        await until("lies were told", async () => {
          await liars.workPastCheckpoint();
          await liars.depose(await liars.primary(), async (primary) => primary !== liar && told());
          return told();
        });
      });
    });
  }

  it("in the end all have the same state", () => liars.expectAllWell());
});
