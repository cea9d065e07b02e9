import { availableParallelism } from "node:os";
import { PLAN_OPTIONS } from "@bft/sim";
import { Flags } from "@oclif/core";
import { wholeNumberFlag } from "../../flags.js";
import { Output } from "../../output.js";
import { runSeeds } from "../../services/sim/run.js";
import { outFlag, pinFlags, SimCommand } from "../../sim-command.js";
import { optionLines } from "../../view/sim.js";

/** Columns of the list where there is no terminal to ask. */
const LIST_COLUMNS = 100;

export default class SimRun extends SimCommand {
  static override summary = "hunt for violations: simulate a cluster under faults and liars, seed after seed";
  static override description =
    `Each seed draws a cluster, its faults, its liars and its clients, and simulates it with the replica code of bft up in virtual time.
Checkers read every event. It ends at the first seed with a violation; which one that is does not depend on --jobs. What is found is
written to a folder, with a transcript of each failing plan; Ctrl-C ends it with what was done so far.
With --json: {from, seeds, done, interrupted, pins, totals, violations: [{seed, violation, transcript, replay, shrink}], elapsedMs,
folder}; with --list: {options: [{name, summary}]}.
Exit code 0: no violation; 1: a violation; 2: asked wrongly; 130: interrupted, and no violation so far.`;
  static override examples = [
    { command: "<%= config.bin %> sim run", description: "a thousand seeds of clusters with at most f liars: all must hold" },
    { command: "<%= config.bin %> sim run --seeds 20000 --jobs 8", description: "more of them, on eight cores" },
    { command: "<%= config.bin %> sim run --protocol raft", description: "Raft under crashes and a broken network; nobody lies" },
    {
      command: "<%= config.bin %> sim run --f 1 --liars 2 --behaviour collude",
      description: "one liar more than four replicas can bear: see agreement break",
    },
    {
      command: "<%= config.bin %> sim run --set drop=0.3 --set crashes=0 --keep-going",
      description: "a very lossy network, nobody crashes; go on after a violation",
    },
    { command: "<%= config.bin %> sim run --list", description: "all options that can be pinned" },
  ];
  static override flags = {
    seeds: wholeNumberFlag({ summary: "how many seeds", min: 1, max: 1_000_000_000, default: 1000, helpValue: "<number>" }),
    from: wholeNumberFlag({ summary: "the first seed", min: 0, max: 3_000_000_000, default: 1, helpValue: "<seed>" }),
    jobs: wholeNumberFlag({ summary: "seeds that run at once (default: one a core)", min: 1, max: 256, helpValue: "<number>" }),
    "keep-going": Flags.boolean({ summary: "go on after a violation" }),
    out: outFlag,
    list: Flags.boolean({ summary: "explain each option that can be pinned" }),
    ...pinFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(SimRun);
    const { seeds, from, jobs, out, list, ...pins } = flags;
    const output = new Output(flags.json);
    if (list) {
      output.object({ options: PLAN_OPTIONS.map(({ name, summary }) => ({ name, summary })) });
      return output.lines(optionLines(PLAN_OPTIONS, process.stdout.isTTY ? process.stdout.columns : LIST_COLUMNS));
    }
    const keepGoing = flags["keep-going"];
    const { workerFile } = this;
    this.exit(await runSeeds({ seeds, from, jobs: jobs ?? availableParallelism(), keepGoing, pins, out, workerFile, output }));
  }
}
