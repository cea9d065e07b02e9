import { Args, Flags } from "@oclif/core";
import { Output } from "../../output.js";
import { replay } from "../../services/sim/replay.js";
import { subjectOf } from "../../services/sim/subject.js";
import { pinFlags, SimCommand, seedFlag } from "../../sim-command.js";

export default class SimReplay extends SimCommand {
  static override summary = "run one seed or transcript again and write down all that happens";
  static override description =
    `Writes a line for each event: when, who, what; then the verdict. The same seed and options, or the same transcript, give the same
bytes every time. A transcript that expects something else is pointed out on stderr.
With --json: an event a line, and {kind: "verdict", violated, violation, undecided, stats} at the end.
Exit code 0: all checks hold; 1: a violation; 2: asked wrongly.`;
  static override examples = [
    "<%= config.bin %> sim replay --seed 7",
    {
      command: "<%= config.bin %> sim replay --seed 7 --f 1 --liars 2 --behaviour collude",
      description: "with the options of the run that found it: bft sim run prints the whole command",
    },
    { command: "<%= config.bin %> sim replay .bft-sim/latest/seed-7.txt", description: "a transcript" },
    { command: "<%= config.bin %> sim replay --seed 7 --out trace.txt", description: "the trace into a file, the verdict here" },
    {
      command: "<%= config.bin %> sim replay --seed 7 --trace run.jsonl",
      description: "the events into a file, to draw with: bft trace --file run.jsonl --view 1",
    },
  ];
  static override args = { transcript: Args.string({ description: "file of a transcript, instead of --seed" }) };
  static override flags = {
    seed: seedFlag,
    out: Flags.string({ summary: "write the trace to this file", helpValue: "<file>" }),
    trace: Flags.string({
      summary: "write the events to this file as JSON lines, for bft trace --file; no trace here then",
      helpValue: "<file>",
    }),
    ...pinFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SimReplay);
    const subject = subjectOf(args.transcript, flags);
    this.exit(replay({ subject, out: flags.out ?? null, merged: flags.trace ?? null, output: new Output(flags.json) }));
  }
}
