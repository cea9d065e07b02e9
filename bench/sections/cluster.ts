import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { Lab } from "../../test/support/lab.js";
import { runLoad } from "../load.js";
import { type Row, row, type Section } from "../report.js";

/** A real cluster on this machine, durable, everything signed; the clients run here too. */
export async function cluster(protocol: ProtocolName): Promise<Section> {
  const { title, toleratesLies: readsFast } = protocolNamed(protocol);
  const rows: Row[] = [];
  let baseline: number | null = null;
  for (const durability of ["fsync", "buffered"] as const) {
    const lab = await Lab.open();
    try {
      const reading = readsFast ? ["--reads", "fast"] : [];
      await lab.ok("up", "--detach", "--protocol", protocol, "--durability", durability, ...reading);
      const dir = lab.cluster;
      await runLoad({ dir, clients: 4, operations: 400, operationsPerRequest: 1, keys: 100 });
      const alone = await runLoad({ dir, clients: 1, operations: 300, operationsPerRequest: 1, keys: 100 });
      const many = await runLoad({ dir, clients: 16, operations: 3000, operationsPerRequest: 1, keys: 1000 });
      const packed = await runLoad({ dir, clients: 16, operations: 60_000, operationsPerRequest: 100, keys: 10_000 });
      const reads = await runLoad({
        dir,
        clients: 16,
        operations: 60_000,
        operationsPerRequest: 100,
        keys: 10_000,
        readOnly: true,
      });
      baseline ??= alone.operationsPerSecond;
      const throughput = (what: string, { operationsPerSecond, latencyMs }: typeof alone) =>
        row(
          `${durability}: ${what}`,
          operationsPerSecond,
          "op/s",
          baseline,
          `median ${latencyMs.median.toFixed(1)} ms, p99 ${latencyMs.p99.toFixed(1)} ms`,
        );
      rows.push(
        throughput("1 client, 1 operation a request", alone),
        throughput("16 clients, 1 operation a request", many),
        throughput("16 clients, 100 operations a request", packed),
        throughput(`16 clients, 100 ${readsFast ? "fast " : ""}reads a request`, reads),
      );
    } finally {
      await lab.close();
    }
  }
  return {
    title: `${title}, f = 1, values of 100 bytes (ratio to the first row)`,
    about: "Short runs in the order of the rows, so the first ones are of processes that have hardly compiled anything yet.",
    rows,
  };
}
