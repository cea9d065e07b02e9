import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { Lab } from "../../test/support/lab.js";
import { type LoadOptions, runLoad } from "../load.js";
import { median, type Row, row, type Section } from "../report.js";

/** Each way is measured so often, in turns, so that what else the machine does falls on both alike. */
const ROUNDS = 5;

const LOADS = {
  "16 clients, 1 operation a request": { clients: 16, operations: 2_000, operationsPerRequest: 1, keys: 1_000 },
  "16 clients, 100 operations a request": { clients: 16, operations: 60_000, operationsPerRequest: 100, keys: 10_000 },
} as const;

type Load = keyof typeof LOADS;
type Mode = "off" | "full";

interface Figures {
  readonly operationsPerSecond: number;
  /** Processor time of all replicas together. */
  readonly cpuMicroseconds: number;
}

/** What it costs that replicas write down what they do, take and say. */
export async function tracing(protocol: ProtocolName): Promise<Section> {
  const { title, replicasFor } = protocolNamed(protocol);
  const measured: Record<Mode, Record<Load, Figures>[]> = { off: [], full: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const mode of ["off", "full"] as const) measured[mode].push(await roundOf(protocol, mode, replicasFor(1)));
  const rows = (Object.keys(LOADS) as Load[]).flatMap((load) => [
    ...compared(measured, load, "op/s", ({ operationsPerSecond }) => operationsPerSecond),
    ...compared(measured, load, "µs of CPU an operation", ({ cpuMicroseconds }) => cpuMicroseconds),
  ]);
  return {
    title: `${title}, f = 1, fsync: traced or not (median of ${ROUNDS} rounds; ratio to --trace off)`,
    about:
      "Replicas write down what they do (`--trace full`, the default), so that a run can be checked, explained and replayed. That may cost at most 15 % of the throughput; the two ways take turns.",
    rows,
  };
}

function compared(
  measured: Readonly<Record<Mode, readonly Record<Load, Figures>[]>>,
  load: Load,
  unit: string,
  of: (figures: Figures) => number,
): Row[] {
  const [off, full] = (["off", "full"] as const).map((mode) => median(measured[mode].map((round) => of(round[load]))));
  return [
    row(`--trace off: ${load}`, off ?? Number.NaN, unit),
    row(`--trace full: ${load}`, full ?? Number.NaN, unit, off, unit === "op/s" ? "required: at least 0.85" : ""),
  ];
}

async function roundOf(protocol: ProtocolName, mode: Mode, replicas: number): Promise<Record<Load, Figures>> {
  const lab = await Lab.open();
  try {
    await lab.ok("up", "--detach", "--protocol", protocol, "--trace", mode);
    const dir = lab.cluster;
    await runLoad({ dir, clients: 4, operations: 400, operationsPerRequest: 1, keys: 100 });
    const measure = (load: Load) => figuresOf(lab, { dir, ...LOADS[load] }, replicas);
    return {
      "16 clients, 1 operation a request": await measure("16 clients, 1 operation a request"),
      "16 clients, 100 operations a request": await measure("16 clients, 100 operations a request"),
    };
  } finally {
    await lab.close();
  }
}

async function figuresOf(lab: Lab, load: LoadOptions, replicas: number): Promise<Figures> {
  const before = await cpuMs(lab, replicas);
  const { operationsPerSecond, operations } = await runLoad(load);
  return { operationsPerSecond, cpuMicroseconds: (1000 * ((await cpuMs(lab, replicas)) - before)) / operations };
}

async function cpuMs(lab: Lab, replicas: number): Promise<number> {
  const all = await Promise.all(Array.from({ length: replicas }, async (_, id) => (await lab.status(id)).cpuMs));
  return all.reduce((sum, each) => sum + each, 0);
}
