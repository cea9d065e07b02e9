import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileLog } from "@bft/replica/process";
import { percentile, type Row, row, type Section } from "../report.js";

const GROUPS = 500;

/** What it costs to have a record on the disk before it counts. */
export async function log(): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), "bft-bench-"));
  const rows: Row[] = [];
  let baseline: number | null = null;
  try {
    for (const durability of ["buffered", "fsync"] as const) {
      for (const records of [1, 10, 100]) {
        const file = await FileLog.create(join(folder, `${durability}-${records}`), [], durability);
        const group = Array.from({ length: records }, () => new Uint8Array(1024).fill(5));
        const times: number[] = [];
        for (let i = 0; i < GROUPS; i++) {
          const began = performance.now();
          await file.append(group, true);
          times.push(performance.now() - began);
        }
        file.close();
        const typical = percentile(times, 50);
        rows.push(
          row(
            `${durability}, ${records} records of 1 KB a group`,
            typical,
            "ms",
            baseline,
            `p99 ${percentile(times, 99).toFixed(2)} ms`,
          ),
        );
        baseline ??= typical;
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    title: "Log append (median; ratio to buffered, 1 record)",
    about: "`fsync` is the default durability: the difference to `buffered` is what safety against the loss of power costs.",
    rows,
  };
}
