import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Lab } from "../../test/support/lab.js";
import { runLoad } from "../load.js";
import { type Row, row, type Section } from "../report.js";

const OPERATIONS = 300_000;
const SAMPLES = 6;

/** An hour's worth of requests: is a replica's memory flat, and its log bounded? */
export async function soak(): Promise<Section> {
  const lab = await Lab.open();
  try {
    await lab.ok("up", "--detach");
    const rows: Row[] = [];
    let baseline: number | null = null;
    let sampled = 0;
    const pid = lab.pids()[1] ?? 0;
    const folder = join(lab.cluster, "replica-1");
    for (let sample = 1; sample <= SAMPLES; sample++) {
      const { operations } = await runLoad({
        dir: lab.cluster,
        clients: 16,
        operations: OPERATIONS / SAMPLES,
        operationsPerRequest: 10,
        keys: 10_000,
      });
      sampled += operations;
      const megabytes = memoryOf(pid);
      const { machine } = await lab.status(1);
      rows.push(
        row(
          `memory after ${sampled.toLocaleString("en-US")} operations`,
          megabytes,
          "MB",
          baseline,
          `sequence number ${machine.lastExecuted}, log ${logOf(folder)} MB`,
        ),
      );
      baseline ??= megabytes;
    }
    return {
      title: `${OPERATIONS.toLocaleString("en-US")} operations on 10,000 keys: one replica (ratio to the first sample)`,
      rows,
    };
  } finally {
    await lab.close();
  }
}

/** Resident memory of a process, from /proc (Linux). */
function memoryOf(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

function logOf(folder: string): string {
  const bytes = readdirSync(folder)
    .filter((name) => name.startsWith("protocol-"))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return (bytes / 2 ** 20).toFixed(1);
}
