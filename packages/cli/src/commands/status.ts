import { BftCommand } from "../base-command.js";
import { Output } from "../output.js";
import { lookAt } from "../services/status.js";
import { statusJson, statusLines } from "../view/status-report.js";

export default class Status extends BftCommand {
  static override summary = "show every replica, and whether the cluster serves";
  static override description =
    `A row a replica: what it is (primary, backup, lying, paused, silent, down), its view, the last sequence number executed, the
stable checkpoint (the low water mark h) and the high water mark H, requests waiting, messages in and out since it started, links to
the others, and what it refused. Multi-Paxos and Raft have a leader, a ballot or term, and snapshots instead. The last line says
whether the cluster serves, and if not, why.
With --json: {dir, clusterId, protocol, service, faults, quorum, auth, crypto, view, primary, verdict: {kind, serves, up, of, quorum, headline, why},
replicas: [{id, address, state, role, pid, status}]}; status is null for a replica that does not answer. The fields have
one name for all protocols: view is the ballot or term, primary the leader, null while there is none.`;
  static override examples = ["<%= config.bin %> status", "<%= config.bin %> status --json"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Status);
    const cluster = await this.openCluster(flags.dir);
    const model = await lookAt(cluster);
    const output = new Output(flags.json);
    output.object(statusJson(model));
    output.lines(statusLines(model, process.stdout.isTTY ? process.stdout.columns : 160));
  }
}
