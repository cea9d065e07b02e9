import { Flags } from "@oclif/core";
import { BftCommand } from "../base-command.js";
import type { Selection } from "../chart/selection.js";
import { SLOTS_MAX } from "../chart/selection.js";
import { misuse } from "../errors.js";
import { wholeNumberFlag } from "../flags.js";
import { Output } from "../output.js";
import { chartFrom, clusterSource, fileSource } from "../services/trace.js";
import { CHART_FORMATS, formatOf, writeChart, writeEvents } from "../services/trace-output.js";
import { span } from "../view/line.js";

const NUMBER_MAX = Number.MAX_SAFE_INTEGER;

export default class Trace extends BftCommand {
  static override summary = "draw who sent what to whom: the message sequence chart of a slot or a view change";
  static override description =
    `Reads what every replica and every client wrote down about itself, and draws it as the papers do: a lane for each client and replica,
the phases by name, liars and lost messages marked. Rows are in causal order: a message is sent before it is taken, whatever the
clocks say. Without --seq, --view or --last, the last sequence number is drawn.
The chart goes to the terminal as text, or to a file: the ending of --output (.txt, .svg, .html, .mmd or .json), or --format, says as what.
An HTML page shows how each replica stood at each moment, and works offline. --events writes the events themselves, one trace merged
of all, as JSON lines; --file draws from such a file, also from one of bft sim replay --trace.
With --json: the chart as data (docs/charts.md): {version, title, protocol, replicas, faults, lanes, rows, messages, marks, bands,
states, notes}; with --output, {output, format, bytes} instead.
Exit code 0: done; 1: the trace does not tell of it; 2: asked wrongly.`;
  static override examples = [
    { command: "<%= config.bin %> trace", description: "the last sequence number" },
    { command: "<%= config.bin %> trace --seq 12", description: "how sequence number 12 was ordered" },
    {
      command: "<%= config.bin %> trace --view 1 --output view-1.html",
      description: "how view 1 came about, as a page to move through",
    },
    { command: "<%= config.bin %> trace --last 20 --format svg > chart.svg", description: "the last 20, as a picture" },
    { command: "<%= config.bin %> trace --events --output run.jsonl", description: "keep the whole trace" },
    { command: "<%= config.bin %> trace --file run.jsonl --seq 3", description: "and draw from it later, elsewhere" },
  ];
  static override flags = {
    seq: wholeNumberFlag({
      summary: "chart of this sequence number",
      min: 1,
      max: NUMBER_MAX,
      helpValue: "<number>",
      exclusive: ["view", "last"],
    }),
    view: wholeNumberFlag({
      summary: "chart of how this view came about",
      min: 0,
      max: NUMBER_MAX,
      helpValue: "<view>",
      exclusive: ["seq", "last"],
    }),
    last: wholeNumberFlag({
      summary: "chart of the last so many sequence numbers",
      min: 1,
      max: SLOTS_MAX,
      helpValue: "<number>",
      exclusive: ["seq", "view"],
    }),
    format: Flags.string({
      summary: "how it is drawn (default: text, or what the ending of --output says)",
      options: [...CHART_FORMATS],
      exclusive: ["json", "events"],
    }),
    output: Flags.string({ summary: "write to this file; - is stdout", helpValue: "<file>" }),
    events: Flags.boolean({ summary: "write the merged events themselves, as JSON lines", exclusive: ["seq", "view", "last"] }),
    file: Flags.string({ summary: "read this merged trace instead of a cluster's", helpValue: "<file>" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Trace);
    const output = new Output(flags.json);
    const file = flags.output === undefined || flags.output === "-" ? null : flags.output;
    const source = flags.file === undefined ? await clusterSource(await this.openCluster(flags.dir)) : fileSource(flags.file);
    if (flags.events) writeEvents(source, file, output);
    else {
      const format = formatOf(flags.format ?? null, file);
      if (format === null)
        throw misuse(`--output ${file} does not say what to draw; name it .txt, .svg, .html, .mmd or .json, or add --format`);
      writeChart(chartFrom(source, selectionOf(flags)), format, file, output);
    }
    for (const what of source.damage()) output.note(span(what, "warn"));
  }
}

interface SelectionFlags {
  readonly seq?: number | undefined;
  readonly view?: number | undefined;
  readonly last?: number | undefined;
}

function selectionOf({ seq, view, last }: SelectionFlags): Selection {
  if (seq !== undefined) return { kind: "seq", seq };
  if (view !== undefined) return { kind: "view", view };
  return { kind: "last", count: last ?? 1 };
}
