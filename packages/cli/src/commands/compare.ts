import { Flags } from "@oclif/core";
import { Output } from "../output.js";
import { ScenarioCommand, scenarioArg, simFlags } from "../scenario-command.js";
import { runCompareCommand } from "../services/compare.js";

export default class Compare extends ScenarioCommand {
  static override summary = "the same scenario against each protocol, side by side: who agrees, who does not, and why";
  static override description =
    `Plays a scenario (bft scenario list) on PBFT, Multi-Paxos and Raft, one after the other, each on a cluster of its own in a
temporary folder: the same steps, the same requests, the same liar. Then the checkers judge what the correct replicas executed and what
the clients were told. The clusters of bft up are not touched; nothing is left running.
With --json: {scenario, withoutLies, place, compared: [{protocol, replicas, faults, quorum, verdict, agreement, divergence, linearizable,
why, liars, lies, messagesPerOperation, medianLatencyMs, answered, requests, found: [{checker, what}]}]}; place is "real" or "sim".
Exit code 0: all went as the scenario expects; 1: it did not; 2: it could not be played; 130: interrupted.`;
  static override examples = [
    {
      command: "<%= config.bin %> compare equivocating-primary",
      description: "one lying primary: Multi-Paxos and Raft diverge, PBFT does not",
    },
    {
      command: "<%= config.bin %> compare equivocating-primary --honest",
      description: "the control: the same without the lie, where all must agree",
    },
    { command: "<%= config.bin %> compare ./mine.yaml --sim", description: "a file of your own, in the simulator" },
  ];
  static override args = { scenario: scenarioArg };
  static override flags = {
    honest: Flags.boolean({ summary: "leave out the lies: then all must agree", default: false }),
    ...simFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Compare);
    const { honest, sim, seed, json } = flags;
    const output = new Output(json);
    const exitCode = await runCompareCommand({
      scenario: await this.scenarioOf(args.scenario, output),
      place: sim ? { kind: "sim", seed } : { kind: "real", keep: false, replicaCommand: this.replicaCommand },
      withoutLies: honest,
      columns: this.columns,
      output,
    });
    if (exitCode !== 0) this.exit(exitCode);
  }
}
