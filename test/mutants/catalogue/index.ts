import type { Pins } from "@bft/sim";
import type { Mutant } from "../mutant.js";
import { CATCH_UP } from "./catch-up.js";
import { CHECKPOINT } from "./checkpoint.js";
import { CLIENT } from "./client.js";
import { NORMAL_CASE } from "./normal-case.js";
import { PINNED } from "./pinned.js";
import { RECORDS } from "./records.js";
import { VIEW_CHANGE } from "./view-change.js";

/** The seeded bugs, in order of the paper's sections. */
export const MUTANTS: readonly Mutant[] = [...CLIENT, ...NORMAL_CASE, ...CHECKPOINT, ...VIEW_CHANGE, ...RECORDS, ...CATCH_UP];

/** What is pinned when this mutant is hunted. */
export function pinsOf({ name }: Mutant): Pins {
  return PINNED.get(name) ?? {};
}
