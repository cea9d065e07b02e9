import { writeFile } from "node:fs/promises";
import { Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import { pages } from "../dashboard/pages.js";
import type { PictureOptions } from "../dashboard/picture.js";
import { CliError, misuse } from "../errors.js";
import { durationFlag, wholeNumberFlag } from "../flags.js";
import { Output } from "../output.js";
import type { Cluster } from "../services/cluster.js";
import { tellLines } from "../services/lines.js";
import { catchSignals } from "../services/signals.js";
import { hasScreen } from "../services/terminal.js";
import { noteUnauthenticated } from "../services/unauthenticated.js";
import { span } from "../view/line.js";

export default class Dashboard extends BftCommand {
  static override summary = "watch a running cluster, and act on it";
  static override description =
    `The same screen as that of bft up, on a cluster that runs already; leaving it leaves the cluster running. Tab turns its pages: overview,
slot grid, one replica, links, chart of a slot; ? explains the keys and the lights of each. Without a terminal it tells
what happens line by line; with --json: {event: "feed", atMs, replicas, text} or {event: "verdict", ...}, one a line.
With --svg it needs no terminal: it watches for a while, writes one frame as a picture, and ends; with --json it then answers {svg, page}.`;
  static override examples = [
    "<%= config.bin %> dashboard",
    { command: "<%= config.bin %> dashboard --page slots", description: "begin with the slot grid" },
    { command: "<%= config.bin %> dashboard --svg screen.svg", description: "the overview as a picture, 120x36" },
    {
      command: "<%= config.bin %> dashboard --svg chart.svg --page chart --slot 12 --columns 100",
      description: "the message chart of slot 12 as a picture",
    },
  ];
  static override flags = {
    page: Flags.option({ options: pages, summary: "the page to begin with, or to draw", default: "overview" as const })(),
    replica: wholeNumberFlag({ summary: "the replica that is selected (default: 0)", min: 0, max: 99, helpValue: "<id>" }),
    slot: wholeNumberFlag({
      summary: "the slot that is pointed at (default: the newest)",
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
      helpValue: "<seq>",
    }),
    svg: Flags.string({ summary: "write one frame into this file as an SVG picture, and end", helpValue: "<file>" }),
    columns: wholeNumberFlag({ summary: "width of the picture (default: 120)", min: 20, max: 400, helpValue: "<20-400>" }),
    rows: wholeNumberFlag({ summary: "height of the picture (default: 36)", min: 5, max: 200, helpValue: "<5-200>" }),
    watch: durationFlag({ summary: "watch for so long before the picture (default: 3s)" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Dashboard);
    if (flags.svg === undefined && (flags.columns ?? flags.rows ?? flags.watch) !== undefined)
      throw misuse("--columns, --rows and --watch are for a picture; name its file with --svg");
    const cluster = await this.openCluster(flags.dir);
    const replica = flags.replica ?? 0;
    if (replica >= cluster.config.replicas.length) {
      const last = cluster.config.replicas.length - 1;
      throw new CliError("no-replica", `replica ${replica} does not exist; this cluster has replicas 0 to ${last}`, 2);
    }
    const begin = { page: flags.page, replica, seq: flags.slot ?? null };
    const output = new Output(flags.json);
    const signals = catchSignals();
    if (flags.svg !== undefined) {
      const size = { columns: flags.columns ?? 120, rows: flags.rows ?? 36 };
      return this.#picture(cluster, output, flags.svg, { ...begin, size, watchMs: flags.watch ?? 3000, until: signals.first });
    }
    if (flags.json || !hasScreen()) {
      noteUnauthenticated(output, cluster.config);
      return tellLines(cluster, output, signals.first);
    }
    const [{ runDashboard }, { behavioursOf }] = await Promise.all([
      import("../dashboard/run-dashboard.js"),
      import("@bft/sim/byzantine"),
    ]);
    const behaviours = behavioursOf(cluster.config.protocol);
    await runDashboard({ cluster, owned: false, behaviours, until: signals.first }, begin);
  }

  async #picture(cluster: Cluster, output: Output, file: string, options: Omit<PictureOptions, "cluster">): Promise<void> {
    const { pictureOf } = await import("../dashboard/picture.js");
    const picture = await pictureOf({ cluster, ...options });
    await writeFile(file, picture).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new CliError("not-written", `${file} can not be written: ${why}; name another place with --svg`);
    });
    output.lines([[span(`${file}: ${options.page} page, ${options.size.columns}x${options.size.rows}`)]]);
    output.object({ svg: file, page: options.page });
  }
}
