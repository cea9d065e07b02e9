import { CLIENT_BEHAVIOURS } from "@bft/sim/byzantine";
import { expect } from "chai";
import { until } from "../../support/lab.js";
import { LiarLab } from "./support/liar-lab.js";

/** What `bft byzantine client --json` prints. */
interface Told {
  readonly client: number;
  readonly liesTold: number;
  readonly messages: number;
  readonly timestamps: number;
  readonly answered: number;
  readonly contradicted: number;
}

/** Of five timestamps how many are answered, and for which reasons replicas must refuse something. */
const OUTCOMES: Readonly<Record<string, readonly [answered: number, reasons: RegExp | null]>> = {
  "same-timestamp": [5, null],
  "split-request": [5, /signature-invalid/],
  "backwards-timestamps": [5, null],
  "maximal-timestamps": [5, null],
  "replay-requests": [5, null],
  "bad-signatures": [0, /signature-invalid/],
};

describe("a client lies to a real cluster: it harms itself at the most", function () {
  this.timeout(240_000);
  let liars: LiarLab;

  before(async () => {
    liars = await LiarLab.open(1);
  });
  after(() => liars.close());

  for (const { name } of CLIENT_BEHAVIOURS) {
    it(name, async () => {
      const told = JSON.parse(await liars.lab.ok("byzantine", "client", name, "--requests", "5", "--json")) as Told;
      expect(told.liesTold).to.be.greaterThan(0);
      expect(told.messages).to.be.at.least(told.timestamps);
      expect(told.contradicted, "two true answers to one request").to.equal(0);
      const [answered, reasons] = OUTCOMES[name] ?? expect.fail(`${name} has no outcome in this test`);
      expect(told.answered).to.equal(answered);
      if (reasons !== null)
        await until("replicas have refused something of it", async () => {
          const against = (await liars.statuses()).map(({ againstPeers }) => againstPeers[`client ${told.client}`] ?? {});
          return reasons.test(against.flatMap(Object.keys).join(" "));
        });
      await liars.work();
    });
  }

  it("nobody was deposed for it, and no identity lied twice", async () => {
    for (const { machine } of await liars.statuses()) expect(machine.view).to.equal(0);
    const first = JSON.parse(await liars.lab.ok("byzantine", "client", "--requests", "1", "--json")) as Told;
    const second = JSON.parse(await liars.lab.ok("byzantine", "client", "--requests", "1", "--json")) as Told;
    expect(second.client).to.equal(first.client - 1);
  });

  it("tells a person what was sent and how the replicas answered", async () => {
    const text = await liars.lab.ok("byzantine", "client", "split-request", "--requests", "2");
    expect(text).to.match(/client \d+ told \d+ lies: split-request/);
    expect(text).to.match(/answered {3}2 of 2 timestamps by 2 equal replies/);
    expect(text).to.match(/refused {4}(nothing|[a-z-]+ \d+)/);
  });

  it("in the end all have the same state", () => liars.expectAllWell());
});
