import { BftCommand } from "../base-command.js";
import { Output } from "../output.js";
import { dirFlag } from "../services/cluster.js";
import { heal } from "../services/link-faults.js";
import { span } from "../view/line.js";
import { healLines, healNotes } from "../view/link-faults.js";

export default class Heal extends BftCommand {
  static override summary = "undo all partitions and link faults";
  static override description = `Every running replica sends everything again; what its links held back leaves at once.
With --json: {told, notTold: [{replica, state}], done}.
Exit code 1: a replica is paused or silent and keeps its faults (done is false).`;
  static override examples = ["<%= config.bin %> heal"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Heal);
    const cluster = await this.openCluster(flags.dir);
    const telling = await heal(cluster);
    const output = new Output(flags.json);
    output.object(telling);
    output.lines(healLines(telling));
    for (const note of healNotes(telling, dirFlag(cluster.dir))) output.note(span(note, "warn"));
    if (!telling.done) this.exit(1);
  }
}
