import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Lab } from "../../test/support/lab.js";
import { type Benched, bench, load, throughput } from "../bench-command.js";
import { row, type Section } from "../report.js";

const DEPTHS = [1, 2, 4, 8];
const LOADS = { "4 clients": 4, "16 clients": 16, "200 clients": 200 } as const;

/** How many batches the primary keeps on their way: by this the default was chosen. */
export async function depth(): Promise<Section> {
  const measured: { depth: number; name: string; benched: Benched }[] = [];
  for (const depth of DEPTHS) {
    const lab = await Lab.open();
    try {
      await lab.ok("up", "--detach", "--clients", "200");
      await lab.ok("down");
      const path = join(lab.cluster, "cluster.json");
      const config = JSON.parse(readFileSync(path, "utf8")) as { limits: { pipelineDepth: number } };
      config.limits.pipelineDepth = depth;
      writeFileSync(path, JSON.stringify(config));
      await lab.ok("up", "--detach");
      await bench(lab, ...load(200, 1, "--warm-up", "100ms", "--duration", "6s"));
      for (const [name, clients] of Object.entries(LOADS))
        measured.push({ depth, name, benched: await bench(lab, ...load(clients, 1, "--warm-up", "2s", "--duration", "4s")) });
    } finally {
      await lab.close();
    }
  }
  const rows = Object.keys(LOADS).flatMap((name) => {
    const ofLoad = measured.filter((each) => each.name === name);
    const first = ofLoad[0] === undefined ? null : throughput(ofLoad[0].benched);
    return ofLoad.map(({ depth, benched }) =>
      row(
        `${name}, ${depth} in flight`,
        throughput(benched),
        "op/s",
        depth === 1 ? null : first,
        `${benched.operationsPerBatch.toFixed(1)} a batch`,
      ),
    );
  });
  return {
    title: "Pipeline depth: one operation a request, f = 1, fsync (ratio to 1 in flight)",
    about:
      "Batches that are on their way at once. More of them are smaller ones, and on two cores each costs the same; two let one be prepared while the other is written. Where messages take long, more may be better.",
    rows,
  };
}
