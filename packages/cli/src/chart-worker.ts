import { parentPort, workerData } from "node:worker_threads";
import { chartLines } from "./chart/text.js";
import type { ChartAnswer, ChartQuestion, ChartTask } from "./dashboard/chart-drawer.js";
import { openCluster } from "./services/cluster.js";
import { chartOf } from "./services/trace.js";

/** The thread in which the dashboard's charts are drawn: reading the traces of a busy cluster takes a second and more. */
const { dir } = workerData as ChartTask;

async function answerTo({ seq, newest, columns }: ChartQuestion): Promise<ChartAnswer> {
  try {
    const cluster = await openCluster(dir, []);
    const chart = await chartOf(cluster, { kind: "seq", seq }).catch((error: unknown) => {
      if (!newest) throw error;
      // Executed a moment ago, and not written down by anybody yet: then of the newest that is.
      return chartOf(cluster, { kind: "last", count: 1 });
    });
    return { ok: true, lines: chartLines(chart, columns) };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", async (question: ChartQuestion) => parentPort?.postMessage(await answerTo(question)));
