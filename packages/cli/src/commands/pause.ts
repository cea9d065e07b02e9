import { BftCommand } from "../base-command.js";
import { replicaArg } from "../flags.js";
import { Output } from "../output.js";
import { dirFlag, replicaNamed } from "../services/cluster.js";
import { pause } from "../services/faults.js";
import { span } from "../view/line.js";

export default class Pause extends BftCommand {
  static override summary = "freeze a replica: it keeps its memory and says nothing (SIGSTOP)";
  static override description = `To the others it looks like a replica that is very slow.
With --json: {replica, did: "paused"}.`;
  static override examples = ["<%= config.bin %> pause 2"];
  static override args = { replica: replicaArg };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Pause);
    const cluster = await this.openCluster(flags.dir);
    const replica = replicaNamed(args.replica, cluster.config);
    await pause(cluster, replica);
    const output = new Output(flags.json);
    output.object({ replica, did: "paused" });
    output.lines([[span(`paused replica ${replica}; wake it with: bft resume ${replica}${dirFlag(cluster.dir)}`)]]);
  }
}
