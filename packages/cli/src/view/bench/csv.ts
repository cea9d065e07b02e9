import type { BenchReport } from "../../services/bench/run.js";

/** Throughput and median latency over time, a line a slice, with the faults made in it. */
export function benchCsv({ clients: { timeline }, faults }: BenchReport): string {
  const { sliceMs, operationsPerSecond, medianMs } = timeline;
  const lines = operationsPerSecond.map((rate, slice) => {
    const [from, to] = [slice * sliceMs, (slice + 1) * sliceMs];
    const made = faults.filter(({ atMs, failed }) => failed === null && atMs >= from && atMs < to).map(({ text }) => text);
    return [from.toFixed(0), rate.toFixed(1), medianMs[slice]?.toFixed(3) ?? "", quoted(made.join("; "))].join(",");
  });
  return `${["from_ms,operations_per_second,median_latency_ms,faults", ...lines].join("\n")}\n`;
}

function quoted(text: string): string {
  return text === "" ? "" : `"${text.replaceAll('"', '""')}"`;
}
