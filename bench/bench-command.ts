import type { Lab } from "../test/support/lab.js";

/** What these sections read of `bft bench --json`. */
export interface Benched {
  readonly clients: {
    readonly operationsPerSecond: number;
    readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
    readonly timeline: { readonly sliceMs: number; readonly operationsPerSecond: readonly number[] };
  };
  readonly perOperation: {
    readonly messages: number;
    readonly signed: number;
    readonly verified: number;
    readonly cpuMs: number;
  };
  readonly operationsPerBatch: number;
  readonly faults: readonly { readonly text: string; readonly failed: string | null }[];
  readonly limit: { readonly limit: string };
}

/** Measures with the command that everybody has, on the lab's cluster. */
export async function bench(lab: Lab, ...flags: readonly string[]): Promise<Benched> {
  return JSON.parse(await lab.ok("bench", "--json", ...flags)) as Benched;
}

export const throughput = ({ clients }: Benched): number => clients.operationsPerSecond;

export const medianMs = ({ clients }: Benched): number => clients.latencyMs?.p50 ?? Number.NaN;

/** `16 clients x 100`: flags for so many clients with so many operations a request. */
export function load(clients: number, operations: number, ...more: readonly string[]): readonly string[] {
  return ["--clients", `${clients}`, "--ops-per-request", `${operations}`, "--keys", "10000", ...more];
}

/** Runs `work` with a cluster of its own that `bft up` starts with these flags. */
export async function withCluster<T>(
  open: () => Promise<Lab>,
  flags: readonly string[],
  work: (lab: Lab) => Promise<T>,
): Promise<T> {
  const lab = await open();
  try {
    await lab.ok("up", "--detach", ...flags);
    return await work(lab);
  } finally {
    await lab.close();
  }
}
