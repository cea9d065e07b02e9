import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { Lab, until } from "../../test/support/lab.js";
import { runLoad } from "../load.js";
import { row, type Section } from "../report.js";

const KEYS = 200_000;

/** A replica's disk is wiped; it fetches 200,000 keys from the others while they take load. */
export async function transfer(protocol: ProtocolName): Promise<Section> {
  const wiped = protocolNamed(protocol).replicasFor(1) - 1;
  const lab = await Lab.open();
  try {
    await lab.ok("up", "--detach", "--protocol", protocol);
    const dir = lab.cluster;
    const filling = await runLoad({ dir, clients: 8, operations: KEYS, operationsPerRequest: 200, keys: KEYS });
    const loadOf = (operations: number) => runLoad({ dir, clients: 4, operations, operationsPerRequest: 20, keys: KEYS });
    const before = await loadOf(10_000);
    await lab.ok("kill", String(wiped));
    rmSync(join(dir, `replica-${wiped}`), { recursive: true });
    await lab.ok("restart", String(wiped));
    const began = performance.now();
    let meanwhile = 0;
    let rate = 0;
    let done = false;
    const caughtUp = until("the wiped replica has caught up", async () => {
      const [own, other] = await Promise.all([lab.status(wiped), lab.status(0)]);
      return (
        own.machine.lastExecuted > 0 && own.machine.lastExecuted >= other.machine.lowWaterMark && own.machine.transfer === null
      );
    }).then(() => {
      done = true;
      return (performance.now() - began) / 1000;
    });
    while (!done) {
      const { operations, operationsPerSecond } = await loadOf(2_000);
      meanwhile += operations;
      rate = operationsPerSecond;
    }
    return {
      about: "A replica whose disk was emptied catches up from the others while clients are served.",
      title: `${protocolNamed(protocol).title}, state transfer of ${KEYS.toLocaleString("en-US")} keys to a wiped replica, under load`,
      rows: [
        row("filling the store", filling.operationsPerSecond, "op/s"),
        row("caught up after", await caughtUp, "s"),
        row("operations answered meanwhile", meanwhile, ""),
        row("load before", before.operationsPerSecond, "op/s"),
        row("load meanwhile", rate, "op/s", before.operationsPerSecond, "to before"),
      ],
    };
  } finally {
    await lab.close();
  }
}
