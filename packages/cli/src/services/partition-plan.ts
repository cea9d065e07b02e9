import type { ClusterConfig } from "@bft/replica";
import { CliError, misuse } from "../errors.js";
import { replicaNamed } from "./cluster.js";

/** One direction of a link. */
export interface Direction {
  readonly from: number;
  readonly to: number;
}

export interface PartitionPlan {
  /** Two or more; whoever was not named is in the last one, unless only two groups matter. */
  readonly groups: readonly (readonly number[])[];
  readonly notNamed: readonly number[];
  /** Only what the first group sends to the second is lost. */
  readonly oneWay: boolean;
  readonly cuts: readonly Direction[];
}

/**
 * What `bft partition 0,1 2,3` means.
 * @throws CliError for a replica that does not exist or is named twice, and when there is nothing to cut.
 */
export function planPartition(texts: readonly string[], oneWay: boolean, config: ClusterConfig): PartitionPlan {
  const named = texts.map((text) => groupOf(text, config));
  const all = named.flat();
  const twice = all.find((id, index) => all.indexOf(id) !== index);
  if (twice !== undefined) throw misuse(`replica ${twice} is named twice; a replica is in one group only`);
  const notNamed = config.replicas.map(({ id }) => id).filter((id) => !all.includes(id));
  if (oneWay && named.length > 2)
    throw misuse("--one-way takes two groups: those who are not heard, and those who do not hear them");
  const isWhole = notNamed.length === 0 || (oneWay && named.length === 2);
  const groups = isWhole ? named : [...named, notNamed];
  if (groups.length < 2)
    throw misuse(
      "all replicas are in one group, so there is nothing to cut; name two groups, or undo what is cut with: bft heal",
    );
  return { groups, notNamed, oneWay, cuts: oneWay ? between(groups[0], groups[1]) : betweenAll(groups) };
}

/** The replicas that `0,1` names, in order. @throws CliError for one that does not exist. */
export function groupOf(text: string, config: ClusterConfig): number[] {
  const ids = text.split(",").map((id) => id.trim());
  if (ids.includes(""))
    throw misuse(`"${text}" is not a group of replicas; write their ids with commas between them, such as 0,1`);
  return ids.map((id) => replicaNamed(id, config)).sort((a, b) => a - b);
}

function between(senders: readonly number[] = [], receivers: readonly number[] = []): Direction[] {
  return senders.flatMap((from) => receivers.map((to) => ({ from, to })));
}

function betweenAll(groups: readonly (readonly number[])[]): Direction[] {
  return groups.flatMap((senders) => groups.filter((group) => group !== senders).flatMap((group) => between(senders, group)));
}

/**
 * The two ends of `bft link 0 2`, as the directions that are meant.
 * @throws CliError for a replica that does not exist.
 */
export function directionsOf(from: string, to: string, oneWay: boolean, config: ClusterConfig): readonly Direction[] {
  const [a, b] = [replicaNamed(from, config), replicaNamed(to, config)];
  if (a === b) throw new CliError("no-link", `replica ${a} has no link to itself; name two replicas`, 2);
  return oneWay ? [{ from: a, to: b }] : [...between([a], [b]), ...between([b], [a])];
}
