import { PROTOCOL_NAMES } from "@bft/core/protocols";
import type { Ground } from "../hunt.js";
import type { Mutant } from "../mutant.js";
import { CATCH_UP } from "./catch-up.js";
import { CHECKPOINT } from "./checkpoint.js";
import { CLIENT } from "./client.js";
import { MULTIPAXOS } from "./multipaxos.js";
import { NORMAL_CASE } from "./normal-case.js";
import { PINNED, SCRIPTED } from "./pinned.js";
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

/** Where this mutant is hunted: in plans of the protocol that it is a bug of, with nothing else pinned if possible. */
export function groundOf({ name, file }: Mutant): Ground {
  const protocol = PROTOCOL_NAMES.find((each) => file.startsWith(`${each}/`)) ?? "pbft";
  const pins = { ...(protocol === "pbft" ? {} : { protocol }), ...PINNED.get(name) };
  return { pins, script: SCRIPTED.get(name) ?? null };
}
