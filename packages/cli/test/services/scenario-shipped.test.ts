import { type Outcome, runScenario, type Scenario, simStage } from "@bft/sim/scenario";
import { expect } from "chai";
import { inProject } from "../../../../test/support/project.js";
import { shippedScenarios } from "../../src/services/scenario/load.js";

const scenarios = await shippedScenarios(inProject("packages", "cli", "scenarios"));

async function play(scenario: Scenario, protocol: Scenario["plays"][number]["protocol"], withoutLies: boolean): Promise<Outcome> {
  const { faults, service } = scenario;
  const stage = simStage({ protocol, faults, service, seed: 1 });
  try {
    return await runScenario(scenario, stage, { withoutLies }, () => undefined);
  } finally {
    await stage.close();
  }
}

function told({ entries }: Outcome): string {
  const rows = entries.map(({ step, verdict, did, why }) => `${step} ${verdict}: ${did}${why === null ? "" : ` [${why}]`}`);
  return `\n${rows.join("\n")}\n`;
}

/** The scenarios in which somebody lies, with the protocols that do not survive it. */
const BROKEN: Readonly<Record<string, readonly string[]>> = {
  "beyond-the-bound": ["pbft"],
  "equivocating-primary": ["multipaxos", "raft"],
  "forged-acknowledgements": ["multipaxos", "raft"],
  "four-steps": [],
  "invented-operation": ["multipaxos", "raft"],
  "lying-follower": ["raft"],
  "lying-intersection": ["multipaxos", "raft"],
  "lying-reply": ["multipaxos", "raft"],
};

describe("the scenarios that come with bft, in the simulator", function () {
  this.timeout(60_000);

  for (const scenario of scenarios)
    for (const { protocol, steps } of scenario.plays) {
      const lies = steps.some(({ kind }) => kind === "lie");

      it(`${scenario.name} goes as it expects on ${protocol}`, async () => {
        const outcome = await play(scenario, protocol, false);
        expect(outcome.verdict, told(outcome)).to.equal("held");
        expect(outcome.cost.lies > 0, "lies that were told").to.equal(lies);
        const isBroken = BROKEN[scenario.name]?.includes(protocol) === true;
        expect(outcome.violations.length > 0, `${protocol} breaks${told(outcome)}`).to.equal(isBroken);
        expect(outcome.why === null).to.equal(!isBroken);
      });

      if (lies)
        it(`${scenario.name} without its liar breaks nothing on ${protocol}`, async () => {
          const outcome = await play(scenario, protocol, true);
          expect(outcome.verdict, told(outcome)).to.equal("held");
          expect(outcome).to.deep.include({ agreement: "held", linearizable: true, violations: [], liars: [] });
          expect(outcome.cost.lies).to.equal(0);
        });
    }

  it("every one in which somebody lies has an entry that says who breaks", () => {
    const lying = scenarios.filter(({ plays }) => plays.some(({ steps }) => steps.some(({ kind }) => kind === "lie")));
    expect(Object.keys(BROKEN).sort()).to.deep.equal(lying.map(({ name }) => name).sort());
  });

  it("the same seed gives the same story", async () => {
    const scenario = scenarios.find(({ name }) => name === "majority-overlap");
    if (scenario === undefined) throw new Error("no scenario");
    expect(await play(scenario, "pbft", false)).to.deep.equal(await play(scenario, "pbft", false));
  });
});
