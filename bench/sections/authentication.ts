import { Lab } from "../../test/support/lab.js";
import { type Benched, bench, load, medianMs, throughput, withCluster } from "../bench-command.js";
import { type Row, row, type Section } from "../report.js";

const WAYS = {
  "signatures by libsodium": [],
  "no signatures at all": ["--auth", "none"],
  "signatures in JavaScript": ["--crypto", "noble"],
} as const;

interface Way {
  readonly name: string;
  readonly alone: Benched;
  readonly single: Benched;
  readonly packed: Benched;
}

/** What signatures cost, and what a native library is worth. */
export async function authentication(): Promise<Section> {
  const measured: Way[] = [];
  for (const [name, flags] of Object.entries(WAYS))
    measured.push(
      await withCluster(Lab.open, flags, async (lab) => ({
        name,
        single: await bench(lab, ...load(16, 1, "--warm-up", "4s", "--duration", "4s")),
        alone: await bench(lab, ...load(1, 1, "--warm-up", "2s", "--duration", "4s")),
        packed: await bench(lab, ...load(16, 100, "--warm-up", "3s", "--duration", "4s")),
      })),
    );
  const compared = (what: string, unit: string, of: (way: Way) => number): Row[] =>
    measured.map((way, index) => {
      const first = measured[0];
      return row(`${what}: ${way.name}`, of(way), unit, index === 0 || first === undefined ? null : of(first));
    });
  return {
    title: "Authentication: f = 1, fsync (ratio to signatures by libsodium)",
    about: "Without signatures anybody can speak for anybody: that is for this table only (docs/adr/0065).",
    rows: [
      ...compared("1 client, median latency", "ms", ({ alone }) => medianMs(alone)),
      ...compared("16 clients, 1 operation a request", "op/s", ({ single }) => throughput(single)),
      ...compared("16 clients, 100 operations a request", "op/s", ({ packed }) => throughput(packed)),
    ],
  };
}
