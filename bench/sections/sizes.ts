import { Lab } from "../../test/support/lab.js";
import { type Benched, bench, load, medianMs, throughput, withCluster } from "../bench-command.js";
import { type Row, row, type Section } from "../report.js";

const FAULTS = [1, 2, 3, 4];
const FLAGS = ["--warm-up", "3s", "--duration", "4s"];

interface Size {
  readonly name: string;
  readonly alone: Benched;
  readonly single: Benched;
  readonly packed: Benched;
}

/** The cost of tolerating more: messages grow with n², and all replicas share this machine. */
export async function sizes(): Promise<Section> {
  const measured: Size[] = [];
  for (const f of FAULTS)
    measured.push(
      await withCluster(Lab.open, ["--f", `${f}`], async (lab) => ({
        name: `n = ${3 * f + 1}`,
        single: await bench(lab, ...load(16, 1, ...FLAGS)),
        alone: await bench(lab, ...load(1, 1, ...FLAGS)),
        packed: await bench(lab, ...load(16, 100, ...FLAGS)),
      })),
    );
  const curve = (what: string, unit: string, of: (size: Size) => number): Row[] =>
    measured.map((size, index) => {
      const first = measured[0];
      return row(`${size.name}: ${what}`, of(size), unit, index === 0 || first === undefined ? null : of(first));
    });
  return {
    title: "Size: f = 1 to 4, fsync (ratio to n = 4)",
    about: "All replicas run on the same two cores; on machines of their own each would have to do a part of this only.",
    rows: [
      ...curve("1 client, median latency", "ms", ({ alone }) => medianMs(alone)),
      ...curve("1 client, messages an operation", "", ({ alone }) => alone.perOperation.messages),
      ...curve("16 clients, 1 operation a request", "op/s", ({ single }) => throughput(single)),
      ...curve("16 clients, 100 operations a request", "op/s", ({ packed }) => throughput(packed)),
    ],
  };
}
