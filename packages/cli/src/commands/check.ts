import type { ClusterConfig } from "@bft/replica";
import { Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { durationFlag } from "../flags.js";
import { Output } from "../output.js";
import { checkCluster, knownOrNot } from "../services/check.js";
import { checkHistoryFile } from "../services/check-history.js";
import { checkExitCode, checkJson, checkLines } from "../view/check-report.js";
import { span } from "../view/line.js";
import { authWarning } from "../view/unauthenticated.js";

export default class Check extends BftCommand {
  static override summary = "judge the cluster: one verdict on agreement, linearizability and liveness";
  static override description =
    `Reads what every replica and every client wrote down about itself, and asks the running replicas where they stand. Nothing is
submitted and nothing changes. A replica that ever lied is not judged; the others must keep every promise of the protocol.
Traces are bounded on the disk: what is older than they reach is not checked, and the verdict is then "unknown".
With --json: {dir, auth, verdict, summary, liars, checks: [{name, verdict, looked, why, replicas, seq}]}; a verdict is "holds", "violated" or
"unknown", and dir and auth are null with --history. Without signatures (bft up --auth none) it is judged what was
executed and answered; that nobody spoke in another one's name can not be told.
Exit code 0: everything holds. 1: something is violated. 2: it is not known, as something could not be checked, or nothing at all.`;
  static override examples = [
    "<%= config.bin %> check",
    "<%= config.bin %> check --json",
    { command: "<%= config.bin %> check --within 30s", description: "give a slow machine more time to execute what waits" },
    {
      command: "<%= config.bin %> check --history history.json",
      description: "is this history linearizable? Needs no cluster; the format is in docs/history-format.md",
    },
  ];
  static override flags = {
    history: Flags.string({ summary: "check the client history in this file alone", helpValue: "<file>" }),
    within: durationFlag({
      summary: "how long requests may wait, or a view change or election may last",
      default: 10_000,
      defaultHelp: async () => "10s",
      exclusive: ["history"],
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Check);
    const output = new Output(flags.json);
    const width = process.stdout.isTTY ? process.stdout.columns : 120;
    const dir = flags.history === undefined ? flags.dir : null;
    let auth: ClusterConfig["auth"] | null = null;
    const report = await knownOrNot(async () => {
      if (flags.history !== undefined) return checkHistoryFile(flags.history);
      const cluster = await this.openCluster(flags.dir);
      auth = cluster.config.auth;
      return checkCluster(cluster, flags.within, (doing) => {
        // For a person who waits.
        if (process.stderr.isTTY) output.note(span(`${doing} ...`, "dim"));
      });
    });
    output.object(checkJson(dir, auth, report));
    output.lines([...(auth === null ? [] : authWarning({ auth }, width)), ...checkLines(report, width)]);
    const exitCode = checkExitCode(report);
    if (exitCode !== 0) this.exit(exitCode);
  }
}
