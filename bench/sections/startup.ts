import type { ProtocolName } from "@bft/core";
import { Lab } from "../../test/support/lab.js";
import { median, row, type Section } from "../report.js";

const RUNS = 7;

/** Whole commands as a person waits for them. */
export async function startup(protocol: ProtocolName): Promise<Section> {
  const lab = await Lab.open();
  try {
    await lab.ok("up", "--detach", "--protocol", protocol);
    await lab.ok("submit", "set x 1");
    const baseline = await timed(() => lab.node("-e", "0"));
    return {
      title: `Commands, whole process (median of ${RUNS})`,
      about: "Required are `bft --help` under 300 ms and `bft submit` under 500 ms on an idle machine.",
      rows: [
        row("node itself", baseline, "ms"),
        row(
          "bft --help",
          await timed(() => lab.ok("--help")),
          "ms",
          baseline,
          "to node; required: under 300 ms on an idle machine",
        ),
        row("bft status", await timed(() => lab.ok("status")), "ms", baseline),
        row(
          'bft submit "get x"',
          await timed(() => lab.ok("submit", "get x")),
          "ms",
          baseline,
          "required: under 500 ms on an idle machine",
        ),
      ],
    };
  } finally {
    await lab.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return median(times);
}
