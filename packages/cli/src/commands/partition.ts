import { Args, Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { Output } from "../output.js";
import { dirFlag } from "../services/cluster.js";
import { partition } from "../services/link-faults.js";
import { planPartition } from "../services/partition-plan.js";
import { span } from "../view/line.js";
import { faultNotes, partitionLines } from "../view/link-faults.js";

export default class Partition extends BftCommand {
  static override summary = "cut the network into groups of replicas that do not reach each other";
  static override description =
    `Replicas that are not named form one more group. A new partition takes the place of the one before; delays and losses of
bft link stay. The replicas throw away what they would send: their connections stay up, and clients still reach every replica. A
replica that is restarted comes back without faults. Undo with: bft heal.
With --json: {groups, notNamed, oneWay, told, notTold: [{replica, state}], done}.
Exit code 1: a replica is down, paused or silent, and the other side of its links could not be told either (done is false).`;
  static override examples = [
    { command: "<%= config.bin %> partition 0,1 2,3", description: "two halves: neither is a quorum, so nothing is agreed on" },
    { command: "<%= config.bin %> partition 0", description: "replica 0 alone; the others choose a new primary or leader" },
    {
      command: "<%= config.bin %> partition 0 1,2,3 --one-way",
      description: "replica 0 hears the others, and they do not hear it",
    },
  ];
  static override args = {
    group: Args.string({ required: true, multiple: true, description: "ids of replicas that stay together, such as 0,1" }),
  };
  static override flags = {
    "one-way": Flags.boolean({ summary: "lose only what the first group sends to the second" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Partition);
    const cluster = await this.openCluster(flags.dir);
    const plan = planPartition([args.group].flat(), flags["one-way"], cluster.config);
    const telling = await partition(cluster, plan);
    const output = new Output(flags.json);
    const { groups, notNamed, oneWay } = plan;
    output.object({ groups, notNamed, oneWay, ...telling });
    if (telling.told.length > 0) output.lines(partitionLines(plan, dirFlag(cluster.dir)));
    for (const note of faultNotes(telling, dirFlag(cluster.dir))) output.note(span(note, "warn"));
    if (!telling.done) this.exit(1);
  }
}
