import { ClusterClient } from "@bft/replica";
import { percentile } from "./report.js";

export interface LoadOptions {
  readonly dir: string;
  readonly clients: number;
  /** Operations in all. */
  readonly operations: number;
  readonly operationsPerRequest: number;
  /** Different keys that are written. */
  readonly keys: number;
  readonly readOnly?: boolean;
  /** Called after each answered request with the operations answered so far. */
  readonly onProgress?: (answered: number) => void;
}

export interface LoadResult {
  readonly operations: number;
  readonly seconds: number;
  readonly operationsPerSecond: number;
  readonly latencyMs: { readonly median: number; readonly p99: number };
}

const VALUE = "v".repeat(100);

/** Closed loop: each client submits its next request when the last one is answered. Values have 100 bytes. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const clients = await Promise.all(Array.from({ length: options.clients }, () => ClusterClient.open(options.dir)));
  const latencies: number[] = [];
  let next = 0;
  let answered = 0;
  const run = async (client: ClusterClient) => {
    while (next < options.operations) {
      const first = next;
      const count = Math.min(options.operationsPerRequest, options.operations - first);
      next += count;
      const operations = Array.from({ length: count }, (_, i) => operation(options, first + i));
      const { latencyMs, results } = await client.submit(operations, {
        timeoutMs: 120_000,
        readOnly: options.readOnly === true,
        linger: false,
      });
      if (!results.every(({ ok }) => ok))
        throw new Error(`an operation was refused: ${JSON.stringify(results.find(({ ok }) => !ok))}`);
      latencies.push(latencyMs);
      answered += count;
      options.onProgress?.(answered);
    }
  };
  const began = performance.now();
  try {
    await Promise.all(clients.map(run));
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
  const seconds = (performance.now() - began) / 1000;
  return {
    operations: answered,
    seconds,
    operationsPerSecond: answered / seconds,
    latencyMs: { median: percentile(latencies, 50), p99: percentile(latencies, 99) },
  };
}

function operation({ keys, readOnly }: LoadOptions, i: number): string {
  return readOnly === true ? `get key-${i % keys}` : `set key-${i % keys} ${VALUE}${i}`;
}
