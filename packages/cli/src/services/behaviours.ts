import type { ClusterConfig } from "@bft/replica";
import { BEHAVIOURS, type BehaviourInfo } from "@bft/sim/byzantine";
import { CliError, misuse } from "../errors.js";
import { nearest } from "../view/nearest.js";
import { replicaNamed } from "./cluster.js";

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

/** The replica that shall lie. @throws CliError when none is named, or it does not exist. */
export function replicaToLie(text: string | undefined, config: ClusterConfig): number {
  if (text === undefined) throw misuse("say which replica, such as: bft byzantine 0; the ways to lie: bft byzantine --list");
  return replicaNamed(text, config);
}
