import { faultWords } from "../../view/fault-words.js";
import { listed, replicasNamed } from "../../view/text.js";
import type { Observation } from "../../watch/model.js";
import { isCut, type Situation } from "./situation.js";

/**
 * Links on which nothing arrives. Where whole groups are apart, both ways: `links are cut: replica 0 | replicas 1 to 3`; otherwise a
 * sentence for each set of ends: `what replicas 0 and 1 send to replica 2 is cut`.
 */
export function cutLinks({ replicas }: Situation): readonly string[] {
  const groups = apart(replicas);
  if (groups !== null) return [`links are cut: ${groups.map(replicasNamed).join(" | ")}`];
  const senders = new Map<string, { readonly from: number[]; readonly towards: readonly number[] }>();
  for (const from of replicas) {
    const towards = replicas.filter((to) => to.id !== from.id && isCut(from, to)).map(({ id }) => id);
    if (towards.length === 0) continue;
    const group = senders.get(towards.join());
    if (group === undefined) senders.set(towards.join(), { from: [from.id], towards });
    else group.from.push(from.id);
  }
  return [...senders.values()].map(
    ({ from, towards }) =>
      `what ${replicasNamed(from)} ${from.length === 1 ? "sends" : "send"} to ${replicasNamed(towards)} is cut`,
  );
}

/** The groups between which everything is cut both ways and within which nothing is, two at least; null when it is not so. */
function apart(replicas: readonly Observation[]): readonly (readonly number[])[] | null {
  const groups: Observation[][] = [];
  for (const replica of replicas) {
    const own = groups.find(([first]) => first !== undefined && !isCut(replica, first) && !isCut(first, replica));
    if (own === undefined) groups.push([replica]);
    else own.push(replica);
  }
  const groupOf = new Map(groups.flatMap((group, index) => group.map(({ id }) => [id, index] as const)));
  const fits = replicas.every((a) =>
    replicas.every((b) => a.id === b.id || isCut(a, b) === (groupOf.get(a.id) !== groupOf.get(b.id))),
  );
  return groups.length > 1 && fits ? groups.map((group) => group.map(({ id }) => id)) : null;
}

/** Links that are not connected though both ends run. */
export function brokenLinks({ replicas }: Situation): readonly string[] {
  return replicas.flatMap((from) => {
    const links = from.answers ? (from.status?.links ?? []) : [];
    const towards = links
      .filter(({ replica, connected }) => !connected && replicas[replica]?.answers === true)
      .map(({ replica }) => replica);
    return towards.length === 0 ? [] : [`replica ${from.id} has no connection to ${listed(towards)}`];
  });
}

/** Links that lose or delay what they carry: `what replica 0 sends to replicas 1 and 2: 800 ms late`. */
export function impairedLinks({ replicas }: Situation): readonly string[] {
  return replicas.flatMap(({ id, status }) => {
    const groups = new Map<string, number[]>();
    for (const { replica, fault } of status?.links ?? []) {
      if (fault === null || fault.cut || fault.drop === 1) continue;
      const words = faultWords(fault);
      groups.set(words, [...(groups.get(words) ?? []), replica]);
    }
    return [...groups].map(([words, towards]) => `what replica ${id} sends to ${replicasNamed(towards)}: ${words}`);
  });
}
