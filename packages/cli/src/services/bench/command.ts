import { writeFileSync } from "node:fs";
import type { CreateClusterOptions } from "@bft/replica";
import type { Output } from "../../output.js";
import { benchCsv } from "../../view/bench/csv.js";
import { benchLines } from "../../view/bench/report.js";
import { benchSvg } from "../../view/bench/svg.js";
import { span } from "../../view/line.js";
import { timeSpan } from "../../view/numbers.js";
import type { Cluster } from "../cluster.js";
import { ownCluster } from "../own-cluster.js";
import { catchSignals } from "../signals.js";
import { made } from "../sim/results.js";
import { noteUnauthenticated } from "../unauthenticated.js";
import type { BenchPlan } from "./plan.js";
import { type BenchProgress, type BenchReport, runBench } from "./run.js";

export interface BenchCommand {
  readonly plan: BenchPlan;
  /** A running cluster, or what one of its own is made of. */
  readonly on: { readonly running: Cluster } | { readonly fresh: Omit<CreateClusterOptions, "dir" | "basePort"> };
  readonly replicaCommand: readonly string[];
  /** Files to write; null for none. */
  readonly csv: string | null;
  readonly svg: string | null;
  readonly output: Output;
}

/** `bft bench`. @returns what was found out; null when it was stopped before anything was measured */
export async function bench({ plan, on, replicaCommand, csv, svg, output }: BenchCommand): Promise<BenchReport> {
  const signals = catchSignals();
  const own = "fresh" in on ? await ownCluster(on.fresh, replicaCommand) : null;
  try {
    const cluster = own?.cluster ?? (on as { running: Cluster }).running;
    noteUnauthenticated(output, cluster.config);
    const report = await runBench(cluster, plan, signals.stopped, progressTold(output));
    output.object(report);
    output.lines(benchLines(report, process.stdout.isTTY ? process.stdout.columns : 80));
    if (csv !== null) write(csv, benchCsv(report), output);
    if (svg !== null) write(svg, benchSvg(report), output);
    return report;
  } finally {
    await own?.close(false);
    signals.dispose();
  }
}

function write(file: string, text: string, output: Output): void {
  made(file, () => writeFileSync(file, text));
  output.note(span(`written: ${file}`, "dim"));
}

/** Once a second, for a person who waits. */
function progressTold(output: Output): (progress: BenchProgress) => void {
  let told = Number.NEGATIVE_INFINITY;
  let phase: BenchProgress["phase"] | null = null;
  return (progress) => {
    if (!process.stderr.isTTY) return;
    const now = performance.now();
    if (progress.phase === phase && now - told < 1_000) return;
    told = now;
    phase = progress.phase;
    output.note(span(progressText(progress), "dim"));
  };
}

function progressText({ phase, elapsedMs, ofMs, operations }: BenchProgress): string {
  switch (phase) {
    case "prepares":
      return "preparing ...";
    case "warms-up":
      return `warming up for ${timeSpan(ofMs)} ...`;
    case "measures":
      return `measuring: ${timeSpan(elapsedMs)} of ${timeSpan(ofMs)}, ${operations.toLocaleString("en-US")} operations`;
  }
}
