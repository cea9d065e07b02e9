import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { DEFAULT_TIMEOUTS } from "@bft/replica";
import { Lab } from "../../test/support/lab.js";
import { median, row, type Section } from "../report.js";

const ROUNDS = 5;

/** How long a client waits when the primary or leader has just been killed. */
export async function failover(protocol: ProtocolName): Promise<Section> {
  const { title, words } = protocolNamed(protocol);
  const { viewChangeMs } = DEFAULT_TIMEOUTS;
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const lab = await Lab.open();
    try {
      await lab.ok("up", "--detach", "--protocol", protocol);
      await lab.ok("submit", "set x 1");
      times.push(await killLeader(lab));
    } finally {
      await lab.close();
    }
  }
  return {
    title: `${title}, the ${words.primary} is killed: the next bft submit, whole process (${ROUNDS} rounds)`,
    about: "A client must be served again within twice the view-change timeout.",
    rows: [
      row("view-change timeout", viewChangeMs, "ms"),
      row("answered after, median", median(times), "ms", viewChangeMs, "to the timeout; required: under 2"),
      row("answered after, longest", Math.max(...times), "ms", viewChangeMs, "to the timeout"),
    ],
  };
}

/** Kills the primary or leader of a running cluster. @returns after how many milliseconds the next `bft submit` has ended */
export async function killLeader(lab: Lab): Promise<number> {
  const { primary } = JSON.parse(await lab.ok("status", "--json")) as { primary: number };
  await lab.ok("kill", String(primary));
  const began = performance.now();
  await lab.ok("submit", "set x 2");
  return performance.now() - began;
}
