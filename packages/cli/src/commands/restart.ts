import { BftCommand } from "../base-command.js";
import { replicaArg } from "../flags.js";
import { Output } from "../output.js";
import { replicaNamed } from "../services/cluster.js";
import { restart } from "../services/faults.js";
import { span } from "../view/line.js";

export default class Restart extends BftCommand {
  static override summary = "start a replica that is down, or stop and start one that runs";
  static override description = `Returns when the replica answers. It comes back honest, with what it had on disk.
With --json: {replica, did: "started" | "restarted", pid}.`;
  static override examples = ["<%= config.bin %> restart 0"];
  static override args = { replica: replicaArg };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Restart);
    const cluster = await this.openCluster(flags.dir);
    const replica = replicaNamed(args.replica, cluster.config);
    const { pid, wasRunning } = await restart(cluster, replica);
    const output = new Output(flags.json);
    const did = wasRunning ? "restarted" : "started";
    output.object({ replica, did, pid });
    output.lines([[span(`${did} replica ${replica} (process ${pid})`)]]);
  }
}
