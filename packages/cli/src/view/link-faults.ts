import type { LinkFault, ReplicaLink } from "@bft/replica";
import type { Deafness, Telling } from "../services/link-faults.js";
import type { Direction, PartitionPlan } from "../services/partition-plan.js";
import type { Observation } from "../watch/model.js";
import { faultWords } from "./fault-words.js";
import { type Line, span } from "./line.js";
import { compact } from "./numbers.js";
import { counted, replicasNamed } from "./text.js";

/** What `bft partition` has done. `flag` makes the proposed command find the same cluster. */
export function partitionLines({ groups, notNamed, oneWay }: PartitionPlan, flag: string): readonly Line[] {
  const [first = [], second = []] = groups;
  const what = oneWay
    ? `cut one way: what ${named(first, "sends", "send")} does not reach ${replicasNamed(second)}`
    : `cut: ${groups.map(replicasNamed).join(" | ")}`;
  return [
    [span(what, "warn")],
    ...notNamedLines(groups, notNamed),
    [span(`clients still reach every replica; undo with: bft heal${flag}`)],
  ];
}

function notNamedLines(groups: PartitionPlan["groups"], notNamed: readonly number[]): Line[] {
  if (notNamed.length === 0) return [];
  const isGroup = groups.at(-1) === notNamed;
  const group = notNamed.length === 1 ? "a group of its own" : "one group of their own";
  const does = isGroup ? `${notNamed.length === 1 ? "was" : "were"} not named: ${group}` : "can still talk to both groups";
  return [[span(`${replicasNamed(notNamed)} ${does}`, "dim")]];
}

/** What `bft link` has done; `fault` is null after `--off`. */
export function linkLines(links: readonly Direction[], fault: LinkFault | null, flag: string): readonly Line[] {
  const [{ from, to } = { from: 0, to: 0 }] = links;
  const which = links.length === 1 ? `from replica ${from} to replica ${to}` : `between replicas ${from} and ${to}, both ways`;
  const what = fault === null ? "nothing is wrong any more" : faultWords(fault);
  const undo = links.length === 1 ? `bft link ${from} ${to} --off --one-way` : `bft link ${from} ${to} --off`;
  const lines: Line[] = [[span(`${which}: `), span(what, fault === null ? "good" : "warn")]];
  return fault === null ? lines : [...lines, [span(`undo with: ${undo}${flag}`)]];
}

export function healLines({ told, notTold }: Telling): readonly Line[] {
  if (told.length > 0) return [[span(`healed: nothing is wrong any more with what ${named(told, "sends", "send")}`, "good")]];
  return notTold.every(({ state }) => state === "down") ? [[span("no replica runs, so there is nothing to heal")]] : [];
}

/** What to say of the replicas that could not be told that their links are faulty: a sentence each. */
export function faultNotes({ notTold, done }: Telling, flag: string): readonly string[] {
  const notes = notesOf(notTold, {
    down: [
      "is down: faults end with a process, so it comes back without any",
      "are down: faults end with a process, so they come back without any",
    ],
    paused: [
      "is paused and can not be told: it sends as before once it goes on",
      "are paused and can not be told: they send as before once they go on",
    ],
    silent: ["does not answer: it sends as before", "do not answer: they send as before"],
  });
  return done ? notes : [...notes, `so not all of it was done; ${remedy(notTold, flag)}, then ask again`];
}

/** The same of those that could not be told that their links are sound. One that is down has nothing to hear. */
export function healNotes({ notTold, done }: Telling, flag: string): readonly string[] {
  const deaf = notTold.filter(({ state }) => state !== "down");
  const notes = notesOf(deaf, {
    paused: ["is paused and can not be told: it keeps its faults", "are paused and can not be told: they keep their faults"],
    silent: ["does not answer: it keeps its faults", "do not answer: they keep their faults"],
  });
  return done ? notes : [...notes, `${remedy(deaf, flag)}, then ask again`];
}

/** What to say of one replica in a state, and of several. */
type Sayings = Partial<Readonly<Record<Deafness, readonly [one: string, many: string]>>>;

function notesOf(notTold: Telling["notTold"], sayings: Sayings): string[] {
  return Object.entries(sayings).flatMap(([state, [one, many]]) => {
    const ids = notTold.filter((each) => each.state === state).map(({ replica }) => replica);
    return ids.length === 0 ? [] : [named(ids, one, many)];
  });
}

/** `replica 2 is`, `replicas 0 and 2 are`. */
function named(ids: readonly number[], one: string, many: string): string {
  return `${replicasNamed(ids)} ${ids.length === 1 ? one : many}`;
}

function remedy([first]: Telling["notTold"], flag: string): string {
  if (first === undefined) return `start the cluster with: bft up${flag}`;
  const { replica, state } = first;
  if (state === "paused") return `wake it with: bft resume ${replica}${flag}`;
  return `${state === "down" ? "bring it back" : "start it anew"} with: bft restart ${replica}${flag}`;
}

/** `replica 0 to replicas 1, 2 and 3: cut (120 messages lost)`: a line for the links of a replica that are alike. */
export function faultyLinkLines({ id, status, answers }: Observation): Line[] {
  const groups = new Map<string, ReplicaLink[]>();
  for (const link of status?.links ?? []) {
    if (link.fault === null) continue;
    const words = faultWords(link.fault);
    groups.set(words, [...(groups.get(words) ?? []), link]);
  }
  return [...groups].map(([words, links]) => {
    const done = happened(links);
    return [
      span(`replica ${id} to ${replicasNamed(links.map(({ replica }) => replica))}: `, "dim"),
      span(words, answers ? "warn" : "dim"),
      span(done === "" ? "" : ` (${done})`, "dim"),
    ];
  });
}

/** What really happened on these links since the replica started. */
function happened(links: readonly ReplicaLink[]): string {
  const sum = (of: (counts: ReplicaLink["faultCounts"]) => number) =>
    links.reduce((total, { faultCounts }) => total + of(faultCounts), 0);
  const lost = sum(({ cut, dropped, overflowed }) => cut + dropped + overflowed);
  const told: readonly (readonly [number, string])[] = [
    [sum(({ delayed }) => delayed), "late"],
    [sum(({ duplicated }) => duplicated), "twice"],
    [sum(({ reordered }) => reordered), "overtaken"],
  ];
  const others = told.filter(([count]) => count > 0).map(([count, what]) => `${compact(count)} ${what}`);
  return [...(lost > 0 ? [`${lost < 1000 ? counted(lost, "message") : `${compact(lost)} messages`} lost`] : []), ...others].join(
    ", ",
  );
}
