import { BftCommand } from "../base-command.js";
import { Output } from "../output.js";
import { dirFlag } from "../services/cluster.js";
import { askDown } from "../services/down-mark.js";
import { stopAll } from "../services/up.js";
import { span } from "../view/line.js";
import { replicasNamed } from "../view/text.js";

export default class Down extends BftCommand {
  static override summary = "stop all replicas of the cluster; their data is kept";
  static override description =
    `Stops the replicas in order, whoever started them; a bft up in the foreground ends too. The next bft up continues with the data.
With --json: {dir, stopped: [ids]}; none stopped means that none ran.`;
  static override examples = ["<%= config.bin %> down"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Down);
    const cluster = await this.openCluster(flags.dir);
    const output = new Output(flags.json);
    await askDown(cluster.dir);
    const stopped = await stopAll(cluster);
    output.object({ dir: cluster.dir, stopped });
    const at = dirFlag(cluster.dir);
    if (stopped.length === 0) output.lines([[span(`the cluster in ${cluster.dir} does not run; start it with: bft up${at}`)]]);
    else output.lines([[span(`stopped ${replicasNamed(stopped)}; the data is kept in ${cluster.dir}: bft up${at} continues`)]]);
  }
}
