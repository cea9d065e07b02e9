import { BftCommand } from "../base-command.js";
import { replicaArg } from "../flags.js";
import { Output } from "../output.js";
import { replicaNamed } from "../services/cluster.js";
import { resume } from "../services/faults.js";
import { span } from "../view/line.js";

export default class Resume extends BftCommand {
  static override summary = "let a paused replica go on (SIGCONT)";
  static override description = `With --json: {replica, did: "resumed"}.`;
  static override examples = ["<%= config.bin %> resume 2"];
  static override args = { replica: replicaArg };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Resume);
    const cluster = await this.openCluster(flags.dir);
    const replica = replicaNamed(args.replica, cluster.config);
    await resume(cluster, replica);
    const output = new Output(flags.json);
    output.object({ replica, did: "resumed" });
    output.lines([[span(`replica ${replica} goes on`)]]);
  }
}
