import { PROTOCOL_NAMES } from "@bft/core/protocols";
import type { Pins } from "@bft/sim";
import type { Mutant } from "../mutant.js";
import { CATCH_UP } from "./catch-up.js";
import { CHECKPOINT } from "./checkpoint.js";
import { CLIENT } from "./client.js";
import { MULTIPAXOS } from "./multipaxos.js";
import { NORMAL_CASE } from "./normal-case.js";
import { PINNED } from "./pinned.js";
import { RAFT } from "./raft.js";
import { RECORDS } from "./records.js";
import { VIEW_CHANGE } from "./view-change.js";

/** The seeded bugs, in order of the paper's sections. */
export const MUTANTS: readonly Mutant[] = [
  ...CLIENT,
  ...NORMAL_CASE,
  ...CHECKPOINT,
  ...VIEW_CHANGE,
  ...RECORDS,
  ...CATCH_UP,
  ...MULTIPAXOS,
  ...RAFT,
];

/** What is pinned when this mutant is hunted: the protocol that it is a bug of, where that is not PBFT. */
export function pinsOf({ name, file }: Mutant): Pins {
  const protocol = PROTOCOL_NAMES.find((each) => file.startsWith(`${each}/`)) ?? "pbft";
  return PINNED.get(name) ?? (protocol === "pbft" ? {} : { protocol });
}
