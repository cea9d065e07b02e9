import { PROTOCOLS } from "@bft/sim/scenario";
import { Flags } from "@oclif/core";
import { Output } from "../../output.js";
import { ScenarioCommand, scenarioArg, simFlags } from "../../scenario-command.js";
import { runScenarioCommand } from "../../services/scenario/command.js";

export default class ScenarioRun extends ScenarioCommand {
  static override summary = "play a scenario on a cluster of its own, and tell what happens and why";
  static override description =
    `Starts a cluster in a temporary folder for each protocol of the scenario, one after the other, carries out its steps, and compares
what the checkers find with what the scenario expects. The clusters of bft up are not touched; nothing is left running.
With --json: {scenario, outcomes: [{protocol, system, withoutLies, verdict, entries, requests, liars, violations, why,
agreement, divergence, linearizable, cost, elapsedMs}]}; a verdict is "held", "failed" or "not-run".
Exit code 0: all went as the scenario expects; 1: it did not; 2: it could not be played; 130: interrupted.`;
  static override examples = [
    {
      command: "<%= config.bin %> scenario run equivocating-primary",
      description: "the same liar against every protocol, on real processes",
    },
    { command: "<%= config.bin %> scenario run fail-stop-bound --protocol raft", description: "on one protocol only" },
    { command: "<%= config.bin %> scenario run ./mine.yaml --sim", description: "a file of your own, in the simulator" },
    {
      command: "<%= config.bin %> scenario run equivocating-primary --honest",
      description: "the same steps with every replica honest: then nothing may break",
    },
  ];
  static override args = { scenario: scenarioArg };
  static override flags = {
    protocol: Flags.string({ summary: "only this protocol of the scenario", options: [...PROTOCOLS], helpValue: "<name>" }),
    ...simFlags,
    honest: Flags.boolean({ default: false, summary: "leave out the lies: then every protocol must hold" }),
    keep: Flags.boolean({ summary: "leave the folders of the clusters, to look into them", exclusive: ["sim"] }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ScenarioRun);
    const { protocol = null, sim, seed, keep, json } = flags;
    const output = new Output(json);
    const scenario = await this.scenarioOf(args.scenario, output);
    const exitCode = await runScenarioCommand({
      scenario,
      protocol,
      place: sim ? { kind: "sim", seed } : { kind: "real", keep, replicaCommand: this.replicaCommand },
      withoutLies: flags.honest,
      columns: this.columns,
      output,
    });
    if (exitCode !== 0) this.exit(exitCode);
  }
}
