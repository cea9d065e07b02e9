import { BEHAVIOURS } from "@bft/sim/byzantine";
import { Args, Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { misuse } from "../errors.js";
import { Output } from "../output.js";
import { behaviourNamed } from "../services/behaviours.js";
import { dirFlag, replicaNamed } from "../services/cluster.js";
import { behave } from "../services/faults.js";
import { behaviourLines, lieLines } from "../view/behaviours.js";
import { span } from "../view/line.js";

export default class Byzantine extends BftCommand {
  static override summary = "make a replica lie, or honest again";
  static override description =
    `The replica runs the honest protocol, and what it sends is changed. It signs with its own key only: it can lie, not forge.
With --json: {replica, behaviour}; with --list: {behaviours: [{name, summary, holds}]}.`;
  static override examples = [
    {
      command: "<%= config.bin %> byzantine 0",
      description: "replica 0 equivocates: as primary it proposes different batches to different replicas",
    },
    "<%= config.bin %> byzantine 2 wrong-reply",
    "<%= config.bin %> byzantine 2 --off",
    "<%= config.bin %> byzantine --list",
  ];
  static override args = {
    replica: Args.string({ description: "id of the replica, such as 0" }),
    behaviour: Args.string({ description: "how it lies (default: equivocate); see --list" }),
  };
  static override flags = {
    off: Flags.boolean({ summary: "make it honest again" }),
    list: Flags.boolean({ summary: "explain each behaviour: what it sends, what must hold" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Byzantine);
    const output = new Output(flags.json);
    if (flags.list) {
      output.object({ behaviours: BEHAVIOURS });
      return output.lines(behaviourLines(BEHAVIOURS, process.stdout.isTTY ? process.stdout.columns : 100));
    }
    if (flags.off && args.behaviour !== undefined) throw misuse("--off makes the replica honest; leave the behaviour out");
    const behaviour = flags.off ? null : behaviourNamed(args.behaviour ?? "equivocate");
    if (args.replica === undefined)
      throw misuse("say which replica lies, such as: bft byzantine 0; the ways to lie: bft byzantine --list");
    const cluster = await this.openCluster(flags.dir);
    const replica = replicaNamed(args.replica, cluster.config);
    await behave(cluster, replica, behaviour?.name ?? null);
    output.object({ replica, behaviour: behaviour?.name ?? null });
    if (behaviour === null) output.lines([[span(`replica ${replica} is honest again`)]]);
    else output.lines(lieLines(replica, behaviour, `bft byzantine ${replica} --off${dirFlag(cluster.dir)}`));
  }
}
