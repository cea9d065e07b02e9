import { Args } from "@oclif/core";
import { wholeNumberFlag } from "../../flags.js";
import { Output } from "../../output.js";
import { shrink } from "../../services/sim/shrink.js";
import { subjectOf } from "../../services/sim/subject.js";
import { outFlag, pinFlags, SimCommand, seedFlag } from "../../sim-command.js";

export default class SimShrink extends SimCommand {
  static override summary = "make a violation as small as it can be, and write it down as a transcript";
  static override description =
    `Leaves out faults, operations, liars, replicas, clients and noise as long as the same checker still finds a violation. The transcript
is text for people: settings, timed actions, the verdict, and the important events. It can be replayed, and kept as a test.
With --json: {name, violated, runs, minimal, interrupted, plan, file}.
Exit code 0: done; 1: there is no violation; 2: asked wrongly; 130: interrupted, the smallest so far is written.`;
  static override examples = [
    "<%= config.bin %> sim shrink --seed 7 --f 1 --liars 2 --behaviour collude",
    { command: "<%= config.bin %> sim shrink .bft-sim/latest/seed-7.txt", description: "a transcript of bft sim run" },
    { command: "<%= config.bin %> sim shrink --seed 7 --runs 10000", description: "look longer" },
  ];
  static override args = { transcript: Args.string({ description: "file of a transcript, instead of --seed" }) };
  static override flags = {
    seed: seedFlag,
    runs: wholeNumberFlag({
      summary: "at most so many simulations",
      min: 1,
      max: 1_000_000,
      default: 2000,
      helpValue: "<number>",
    }),
    out: outFlag,
    ...pinFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SimShrink);
    const subject = subjectOf(args.transcript, flags);
    const { runs: runsMax, out } = flags;
    this.exit(await shrink({ subject, runsMax, out, output: new Output(flags.json) }));
  }
}
