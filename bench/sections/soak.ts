import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { Lab } from "../../test/support/lab.js";
import { runLoad } from "../load.js";
import { type Row, row, type Section } from "../report.js";

const OPERATIONS = 300_000;
const SAMPLES = 6;
const KEYS = 10_000;

/** An hour's worth of requests: is a replica's memory flat, and its log bounded? */
export async function soak(protocol: ProtocolName): Promise<Section> {
  const lab = await Lab.open();
  try {
    await lab.ok("up", "--detach", "--protocol", protocol);
    const rows: Row[] = [];
    let baseline: number | null = null;
    let sampled = 0;
    const folder = join(lab.cluster, "replica-1");
    // The state is as large as it gets before the first sample.
    await runLoad({ dir: lab.cluster, clients: 16, operations: 3 * KEYS, operationsPerRequest: 10, keys: KEYS });
    for (let sample = 1; sample <= SAMPLES; sample++) {
      /** The least that is in use between two garbage collections is what lives. */
      let heapUsed = Number.POSITIVE_INFINITY;
      const { operations } = await runLoad({
        dir: lab.cluster,
        clients: 16,
        operations: OPERATIONS / SAMPLES,
        operationsPerRequest: 10,
        keys: KEYS,
        onProgress: (answered) => {
          if (answered % 500 === 0)
            void lab.status(1).then(({ memory }) => (heapUsed = Math.min(heapUsed, memory.heapUsedBytes)));
        },
      });
      sampled += operations;
      const { machine, memory } = await lab.status(1);
      const megabytes = heapUsed / 2 ** 20;
      rows.push(
        row(
          `live heap up to ${sampled.toLocaleString("en-US")} operations`,
          megabytes,
          "MB",
          baseline,
          `sequence number ${machine.lastExecuted}, log ${logOf(folder)} MB, resident ${Math.round(memory.residentBytes / 2 ** 20)} MB`,
        ),
      );
      baseline ??= megabytes;
    }
    return {
      about:
        "The live heap of a replica must be flat and its log bounded by the checkpoints. Resident memory also holds what the garbage collector has not given back, and the pages of the state file.",
      title: `${protocolNamed(protocol).title}, ${OPERATIONS.toLocaleString("en-US")} operations on 10,000 keys: one replica (ratio to the first sample)`,
      rows,
    };
  } finally {
    await lab.close();
  }
}

function logOf(folder: string): string {
  const bytes = readdirSync(folder)
    .filter((name) => name.startsWith("protocol-"))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return (bytes / 2 ** 20).toFixed(1);
}
