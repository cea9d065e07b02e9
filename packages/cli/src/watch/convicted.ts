import { isHonest, type Observation } from "./model.js";

/** By whom proofs are held against each replica that there is one against, in order of id. */
export type Convictions = ReadonlyMap<number, readonly number[]>;

/** What honest replicas hold proofs of. What a liar says of others counts for nothing. */
export function convictionsOf(replicas: readonly Observation[]): Convictions {
  const convictions = new Map<number, number[]>();
  for (const { id, status } of replicas.filter(isHonest))
    for (const accused of status?.convicted ?? [])
      if (accused in replicas) convictions.set(accused, [...(convictions.get(accused) ?? []), id]);
  return new Map([...convictions].sort(([a], [b]) => a - b));
}
