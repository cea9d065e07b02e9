import { CLIENT_BEHAVIOURS } from "@bft/sim/byzantine";
import { expect } from "chai";
import { LiarLab } from "./support/liar-lab.js";

/** What `bft byzantine client --json` prints. */
interface Told {
  readonly client: number;
  readonly liesTold: number;
  readonly messages: number;
  readonly timestamps: number;
  readonly answered: number;
  readonly contradicted: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** Of five timestamps how many are answered, and for which reasons replicas must refuse something. */
const OUTCOMES: Readonly<Record<string, readonly [answered: number, reasons: RegExp | null]>> = {
  "same-timestamp": [5, null],
  "split-request": [5, /signature-invalid/],
  "backwards-timestamps": [5, null],
  "maximal-timestamps": [5, null],
  "replay-requests": [5, /request-(known|already-executed)/],
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
      if (reasons !== null) expect(Object.keys(told.reasons).join(" ")).to.match(reasons);
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
    const text = await liars.lab.ok("byzantine", "client", "bad-signatures", "--requests", "2");
    expect(text).to.match(/client \d+ told \d+ lies: bad-signatures/);
    expect(text).to.match(/answered {3}0 of 2 timestamps by f\+1 equal replies/);
    expect(text).to.match(/refused {4}.*signature-invalid \d+/);
  });

  it("in the end all have the same state", () => liars.expectAllWell());
});
