import { Output } from "../../output.js";
import { ScenarioCommand } from "../../scenario-command.js";
import { shippedScenarios } from "../../services/scenario/load.js";
import { scenarioListJson, scenarioListLines } from "../../view/scenario.js";

export default class ScenarioList extends ScenarioCommand {
  static override summary = "the scenarios that come with bft, and what each shows";
  static override description = `Each is a file in YAML that a person can read; docs/scenarios.md tells how to write another.
With --json: {scenarios: [{name, about, question, faults, service, protocols}]}.`;
  static override examples = ["<%= config.bin %> scenario list"];

  async run(): Promise<void> {
    const { flags } = await this.parse(ScenarioList);
    const output = new Output(flags.json);
    const scenarios = await shippedScenarios(this.scenarioFolder);
    output.object(scenarioListJson(scenarios));
    output.lines(scenarioListLines(scenarios, this.columns));
  }
}
