import { Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { replicaArg, wholeNumberFlag } from "../flags.js";
import { Output } from "../output.js";
import { knownOrNot } from "../services/check.js";
import { replicaNamed } from "../services/cluster.js";
import { replayAll, tellerOf } from "../services/replay.js";
import { LISTED_MAX, lifeIn, listInputs, replayTo } from "../services/replay-input.js";
import { noteUnauthenticated } from "../services/unauthenticated.js";
import { span } from "../view/line.js";
import { replayExitCode, replayJson, replayLines } from "../view/replay.js";
import { inputJson, inputLines, listJson, listLines } from "../view/replay-input.js";

const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
const LISTED = 20;

export default class Replay extends BftCommand {
  static override summary = "do again what a replica did, input by input, and compare; or stop and look";
  static override description =
    `A replica records every input that it takes: its start, messages, timers that fired. Its protocol is a pure machine, so the same
inputs must give the same effects. This makes the machine anew, gives it the recorded inputs, and compares each effect with the one that
was recorded. A difference is a bug of bft. Nothing changes, and the cluster may run meanwhile: then it goes as far as is on the disk.
A life is a process of the replica, from its start to its end; inputs count from 1 in each. A recording is bounded (64 MiB a replica): of
a life whose beginning is gone nothing can be done again; bft restart begins a new one. docs/replay.md tells more.
With --json: {replica, protocol, running, verdict, until, unreadable, lives: [{life, notDone, inputsGone, inputs, inputsDone, effects,
viewsEntered, statesInstalled, tornBytes, reached, divergence}]}; with --to: {replica, protocol, life, number, sinceStartMs, input,
effects: [{kind, text}], divergence, status}; with --list: {replica, protocol, life, recorded, inputs}.
Exit code 0: done again, and the same. 1: something differs. 2: not all of it can be done again.`;
  static override examples = [
    { command: "<%= config.bin %> replay 0", description: "do all again that replica 0 did" },
    { command: "<%= config.bin %> replay 0 --list", description: "its last inputs" },
    { command: "<%= config.bin %> replay 0 --list --from 100 --count 50", description: "inputs 100 to 149" },
    { command: "<%= config.bin %> replay 0 --to 120", description: "stop after input 120 and show how it stood" },
    { command: "<%= config.bin %> replay 0 --life 1 --to 120 --json", description: "in an earlier process; the whole state" },
  ];
  static override args = { replica: replicaArg };
  static override flags = {
    life: wholeNumberFlag({
      summary: "this life only (default: all; with --to and --list the last one)",
      min: 0,
      max: NUMBER_MAX,
      helpValue: "<number>",
    }),
    to: wholeNumberFlag({
      summary: "stop after this input, and show it, what it did, and the state",
      min: 1,
      max: NUMBER_MAX,
      helpValue: "<number>",
      exclusive: ["list"],
    }),
    list: Flags.boolean({ summary: "list inputs, nothing is done again" }),
    from: wholeNumberFlag({
      summary: "list from this input on (default: the last ones)",
      min: 1,
      max: NUMBER_MAX,
      helpValue: "<number>",
      dependsOn: ["list"],
    }),
    count: wholeNumberFlag({
      summary: `list so many (default: ${LISTED})`,
      min: 1,
      max: LISTED_MAX,
      helpValue: "<number>",
      dependsOn: ["list"],
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Replay);
    const { dir, config } = await knownOrNot(() => this.openCluster(flags.dir));
    const replica = replicaNamed(args.replica, config);
    const output = new Output(flags.json);
    noteUnauthenticated(output, config);
    const width = process.stdout.isTTY ? process.stdout.columns : 120;
    const wish = { dir, cluster: config, replica, life: flags.life ?? null };
    if (flags.list || flags.to !== undefined) {
      const of = lifeIn(wish);
      const teller = tellerOf(wish);
      if (flags.to === undefined) {
        const list = listInputs({ ...wish, life: of.life }, of, flags.from ?? null, flags.count ?? LISTED);
        output.object(listJson(list, teller));
        return output.lines(listLines(list, teller, width));
      }
      const { to } = flags;
      const seen = await knownOrNot(async () => replayTo({ ...wish, life: of.life }, of, to));
      output.object(inputJson(seen, teller));
      output.lines(inputLines(seen, teller, width));
      if (seen.divergence !== null) this.exit(1);
      return;
    }
    const { report, facts } = await knownOrNot(() =>
      replayAll(wish, (life) => {
        // For a person who waits.
        if (process.stderr.isTTY) output.note(span(`life ${life} ...`, "dim"));
      }),
    );
    output.object(replayJson(report, facts));
    output.lines(replayLines(report, facts, width));
    const exitCode = replayExitCode(report);
    if (exitCode !== 0) this.exit(exitCode);
  }
}
