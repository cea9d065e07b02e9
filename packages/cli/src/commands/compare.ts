import { Args, Flags } from "@oclif/core";
import { wholeNumberFlag } from "../flags.js";
import { Output } from "../output.js";
import { ScenarioCommand } from "../scenario-command.js";
import { runCompareCommand } from "../services/compare.js";
import { loadScenario, ScenarioFileError } from "../services/scenario/load.js";
import { span } from "../view/line.js";

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
  static override args = {
    scenario: Args.string({ required: true, description: "name of one that comes with bft, or a file such as mine.yaml" }),
  };
  static override flags = {
    honest: Flags.boolean({ summary: "leave out the lies: then all must agree" }),
    sim: Flags.boolean({ summary: "in the simulator, in virtual time: no process is started" }),
    seed: wholeNumberFlag({
      summary: "the seed of the simulated world",
      min: 0,
      max: 4_294_967_295,
      default: 1,
      helpValue: "<seed>",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Compare);
    const { honest, sim, seed, json } = flags;
    const output = new Output(json);
    const scenario = await loadScenario(args.scenario, this.scenarioFolder).catch((error: unknown) => {
      if (error instanceof ScenarioFileError) for (const problem of error.problems) output.note(span(problem, "bad"));
      throw error;
    });
    const exitCode = await runCompareCommand({
      scenario,
      place: sim ? { kind: "sim", seed } : { kind: "real", keep: false, replicaCommand: this.replicaCommand },
      withoutLies: honest,
      columns: this.columns,
      output,
    });
    if (exitCode !== 0) this.exit(exitCode);
  }
}
