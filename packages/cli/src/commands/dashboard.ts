import { BftCommand } from "../base-command.js";
import { Output } from "../output.js";
import { tellLines } from "../services/lines.js";
import { catchSignals } from "../services/signals.js";
import { hasScreen } from "../services/terminal.js";

export default class Dashboard extends BftCommand {
  static override summary = "watch a running cluster, and act on it";
  static override description =
    `The same screen as that of bft up, on a cluster that runs already; leaving it leaves the cluster running. Without a terminal it tells
what happens line by line; with --json: {event: "feed", atMs, replicas, text} or {event: "verdict", ...}, one a line.`;
  static override examples = ["<%= config.bin %> dashboard"];

  async run(): Promise<void> {
    const { flags } = await this.parse(Dashboard);
    const cluster = await this.openCluster(flags.dir);
    const output = new Output(flags.json);
    const signals = catchSignals();
    if (flags.json || !hasScreen()) return tellLines(cluster, output, signals.first);
    const [{ runDashboard }, { behavioursOf }] = await Promise.all([
      import("../dashboard/run-dashboard.js"),
      import("@bft/sim/byzantine"),
    ]);
    await runDashboard({ cluster, owned: false, behaviours: behavioursOf(cluster.config.protocol), until: signals.first });
  }
}
