import { BftCommand } from "../base-command.js";
import { replicaArg } from "../flags.js";
import { Output } from "../output.js";
import { dirFlag, replicaNamed } from "../services/cluster.js";
import { kill } from "../services/faults.js";
import { span } from "../view/line.js";

export default class Kill extends BftCommand {
  static override summary = "end a replica at once, as a crash would (SIGKILL)";
  static override description = `The others go on as long as a quorum of them is up.
With --json: {replica, did: "killed"}.`;
  static override examples = ["<%= config.bin %> kill 0"];
  static override args = { replica: replicaArg };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Kill);
    const cluster = await this.openCluster(flags.dir);
    const replica = replicaNamed(args.replica, cluster.config);
    await kill(cluster, replica);
    const output = new Output(flags.json);
    output.object({ replica, did: "killed" });
    output.lines([[span(`killed replica ${replica}; bring it back with: bft restart ${replica}${dirFlag(cluster.dir)}`)]]);
  }
}
