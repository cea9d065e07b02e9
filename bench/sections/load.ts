import { Lab } from "../../test/support/lab.js";
import { bench, load as loadOf, medianMs, throughput, withCluster } from "../bench-command.js";
import { row, type Section } from "../report.js";

const CLIENTS = [1, 2, 4, 8, 16, 32, 64, 128, 200];

/** More clients make larger batches, and the cost of agreeing is shared by more operations. */
export async function load(): Promise<Section> {
  const rows = await withCluster(Lab.open, ["--clients", "200"], async (lab) => {
    await bench(lab, ...loadOf(200, 1, "--warm-up", "100ms", "--duration", "8s"));
    const measured = [];
    for (const clients of CLIENTS)
      measured.push({ clients, benched: await bench(lab, ...loadOf(clients, 1, "--warm-up", "2s", "--duration", "3s")) });
    const alone = measured[0] === undefined ? null : throughput(measured[0].benched);
    return measured.map(({ clients, benched }) => {
      const { operationsPerBatch, perOperation, limit } = benched;
      const cost = `${operationsPerBatch.toFixed(1)} a batch, ${perOperation.messages.toFixed(1)} messages and ${Math.round(perOperation.cpuMs * 4000)} µs of the replicas an operation`;
      const note = `median ${medianMs(benched).toFixed(1)} ms; ${cost}; limit: ${limit.limit}`;
      return row(`${clients} client${clients === 1 ? "" : "s"}`, throughput(benched), "op/s", clients === 1 ? null : alone, note);
    });
  });
  return {
    title: "Load: one operation a request, f = 1, fsync (ratio to 1 client)",
    about:
      "The primary puts into a batch what has queued up while earlier ones are on their way, so the cost of a batch is shared by more.",
    rows,
  };
}
