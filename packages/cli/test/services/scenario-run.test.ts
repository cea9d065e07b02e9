import { type Outcome, parseScenario, type Scenario, type Stage, simStage } from "@bft/sim/scenario";
import { expect } from "chai";
import { CliError } from "../../src/errors.js";
import { playScenario, type StageMaker } from "../../src/services/scenario/run.js";

function scenarioOf(steps: string): Scenario {
  const parsed = parseScenario(`name: mine\nabout: x\nprotocols: [raft, pbft]\nsteps:\n${steps}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

/** Simulated stages, and what became of them. */
function stages(change: (stage: Stage) => void = () => undefined) {
  const log: string[] = [];
  const stageFor: StageMaker = async ({ faults, service }, protocol) => {
    log.push(`open ${protocol}`);
    const stage = simStage({ protocol, faults, service, seed: 1 });
    const close = stage.close.bind(stage);
    stage.close = async () => {
      log.push(`close ${protocol}`);
      await close();
    };
    change(stage);
    return stage;
  };
  return { log, stageFor };
}

const silent = { onStage: () => undefined, onEntry: () => undefined, onOutcome: () => undefined, withoutLies: false };

describe("playing a scenario on its protocols", () => {
  it("one after the other, each on a stage of its own, in the order of the file", async () => {
    const { log, stageFor } = stages();
    const told: Outcome[] = [];
    const onOutcome = (outcome: Outcome) => void told.push(outcome);
    const outcomes = await playScenario({
      ...silent,
      scenario: scenarioOf("- submit: set x 1"),
      protocol: null,
      stageFor,
      onOutcome,
    });
    expect(outcomes?.map(({ protocol, verdict }) => [protocol, verdict])).to.deep.equal([
      ["raft", "held"],
      ["pbft", "held"],
    ]);
    expect(told).to.deep.equal(outcomes);
    expect(log).to.deep.equal(["open raft", "close raft", "open pbft", "close pbft"]);
  });

  it("or on one of them, and on none that it does not name", async () => {
    const { log, stageFor } = stages();
    const scenario = scenarioOf("- submit: set x 1");
    const outcomes = await playScenario({ ...silent, scenario, protocol: "pbft", stageFor });
    expect(outcomes?.map(({ protocol }) => protocol)).to.deep.equal(["pbft"]);
    const error = await playScenario({ ...silent, scenario, protocol: "multipaxos", stageFor }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(CliError);
    expect(String(error)).to.match(/mine is not played on multipaxos; it is on: raft, pbft$/);
    expect(log).to.deep.equal(["open pbft", "close pbft"]);
  });

  it("a stage that fails is closed all the same", async () => {
    const { log, stageFor } = stages((stage) => {
      stage.submit = () => Promise.reject(new Error("the disk is full"));
    });
    const error = await playScenario({ ...silent, scenario: scenarioOf("- submit: set x 1"), protocol: null, stageFor }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(String(error)).to.match(/the disk is full/);
    expect(log).to.deep.equal(["open raft", "close raft"]);
  });
});
