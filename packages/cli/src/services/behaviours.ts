import { BEHAVIOURS, type BehaviourInfo } from "@bft/sim/byzantine";
import { CliError } from "../errors.js";
import { nearest } from "../view/nearest.js";

/** @throws CliError when there is no behaviour of that name. */
export function behaviourNamed(name: string): BehaviourInfo {
  const found = BEHAVIOURS.find((behaviour) => behaviour.name === name);
  if (found) return found;
  const meant = nearest(
    name,
    BEHAVIOURS.map((behaviour) => behaviour.name),
  );
  const hint = meant === null ? "" : `; did you mean ${meant}`;
  throw new CliError("no-behaviour", `there is no behaviour "${name}"${hint}; all of them: bft byzantine --list`, 2);
}
