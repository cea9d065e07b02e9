import { Lab } from "../../test/support/lab.js";
import { type Benched, bench, load, medianMs, throughput, withCluster } from "../bench-command.js";
import { median, type Row, row, type Section } from "../report.js";

const RUNS = 5;

interface Target {
  readonly what: string;
  readonly up: readonly string[];
  /** Before the first run, so that every replica has compiled what it runs. */
  readonly warmUp: readonly string[];
  readonly flags: readonly string[];
  readonly figure: (benched: Benched) => number;
  readonly unit: string;
  readonly required: number;
  readonly aim: number;
}

const FOR_FOUR_SECONDS = ["--warm-up", "2s", "--duration", "4s"];

const TARGETS: readonly Target[] = [
  {
    what: "1 client, 1 operation at a time: median latency",
    up: [],
    warmUp: load(16, 1, "--warm-up", "100ms", "--duration", "20s"),
    // The process of the client is a new one in each run.
    flags: load(1, 1, "--warm-up", "8s", "--duration", "4s"),
    figure: medianMs,
    unit: "ms",
    required: 4,
    aim: 3,
  },
  {
    what: "200 clients, each signs each operation, closed loop",
    up: ["--clients", "200"],
    warmUp: load(200, 1, "--warm-up", "100ms", "--duration", "15s"),
    flags: load(200, 1, "--warm-up", "12s", "--duration", "4s"),
    figure: throughput,
    unit: "op/s",
    required: 2_000,
    aim: 3_000,
  },
  {
    what: "16 clients, 100 writes of 100 bytes a signed request",
    up: [],
    warmUp: load(16, 100, "--warm-up", "100ms", "--duration", "6s"),
    flags: load(16, 100, ...FOR_FOUR_SECONDS),
    figure: throughput,
    unit: "op/s",
    required: 20_000,
    aim: 40_000,
  },
  {
    what: "16 clients, 100 fast reads of 100 bytes a signed request",
    up: ["--reads", "fast"],
    warmUp: load(16, 100, "--warm-up", "100ms", "--duration", "6s"),
    flags: load(16, 100, "--reads", "1", "--fast-reads", ...FOR_FOUR_SECONDS),
    figure: throughput,
    unit: "op/s",
    required: 40_000,
    aim: 80_000,
  },
];

/** What the project holds itself to. Everything signed, traced and on the disk; replicas and clients share the machine. */
export async function targets(): Promise<Section> {
  const rows: Row[] = [];
  let writes = Number.NaN;
  for (const { what, up, warmUp, flags, figure, unit, required, aim } of TARGETS) {
    const runs = await withCluster(Lab.open, up, async (lab) => {
      await bench(lab, ...warmUp);
      const figures: number[] = [];
      for (let run = 0; run < RUNS; run++) figures.push(figure(await bench(lab, ...flags)));
      return figures;
    });
    const value = median(runs);
    const holds = unit === "ms" ? value <= required : value >= required;
    const wanted = `required: ${unit === "ms" ? "at most" : "at least"} ${required.toLocaleString("en-US")}, aim ${aim.toLocaleString("en-US")}`;
    const isReading = flags.includes("--fast-reads");
    if (flags.includes("100")) writes = isReading ? writes : value;
    const more = isReading ? `${(value / writes).toFixed(2)} times the writes; ` : "";
    const spread = `runs ${runs.map((each) => (unit === "ms" ? each.toFixed(1) : Math.round(each))).join(", ")}`;
    rows.push(row(what, value, unit, required, `${holds ? "holds" : "MISSED"}; ${more}${wanted}; ${spread}`));
  }
  return {
    title: `What is required: f = 1, fsync, signed, traced (median of ${RUNS} runs; ratio to what is required)`,
    about:
      "Latency and throughput as a user sees them, after a warm-up, by `bft bench`. All five processes share two cores, so throughput is what is left of two seconds of processor time a second.",
    rows,
  };
}
