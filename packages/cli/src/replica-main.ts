import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { runReplica } from "@bft/replica/process";
import { createBehaviour, Random } from "@bft/sim/byzantine";

/** The process of one replica. `bft up` and `bft restart` start it; the catalogue of lies is handed in here. */
const { values } = parseArgs({
  options: { dir: { type: "string" }, id: { type: "string" }, "ready-fd": { type: "string" } },
});

await runReplica({
  dir: values.dir ?? ".bft",
  id: Number(values.id),
  readyFd: values["ready-fd"] === undefined ? null : Number(values["ready-fd"]),
  behaviour: (name, { protocol, ...context }) =>
    createBehaviour(protocol, name, { ...context, random: new Random(randomInt(2 ** 32)) }),
});
