import type { SlotStatus } from "@bft/core";
import { listed, printable, replicasNamed } from "../../view/text.js";
import type { Observation } from "../../watch/model.js";
import { isCut, type Situation, slotOf } from "./situation.js";

/** Why something of a replica is not there, for one and for several: `is down`, `are down`. */
export interface Absence {
  readonly one: string;
  readonly many: string;
}

export type VoteKind = "prepare" | "commit";

const both = (words: string): Absence => ({ one: words, many: words });
const being = (words: string): Absence => ({ one: `is ${words}`, many: `are ${words}` });

/** Why a replica takes no part in anything, or null when it runs, answers and is honest. */
export function outOf({ process, status, answers }: Observation): Absence | null {
  if (process === "down" || process === "paused") return being(process);
  if (status === null) return being("starting");
  if (!answers) return { one: "does not answer", many: "do not answer" };
  if (status.behaviour !== null) {
    const how = printable(status.behaviour);
    return { one: `lies (${how})`, many: `lie (${how})` };
  }
  return null;
}

/** Why `holder` does not have the vote of `voter` for what it holds under `seq`. */
export function whyNoVote(s: Situation, voter: Observation, holder: Observation, seq: number, of: VoteKind): Absence {
  const theirs = slotOf(holder, seq);
  if (theirs?.contrary.includes(voter.id)) return both("voted for another digest");
  const out = outOf(voter);
  if (out !== null) return out;
  if (isCut(voter, holder)) return being(`cut off from replica ${holder.id}`);
  const machine = voter.status?.machine;
  if (machine === undefined) return being("starting");
  if (machine.abstaining !== null) return { one: "abstains from voting", many: "abstain from voting" };
  const here = holder.status?.machine.view ?? machine.view;
  if (machine.viewChange !== null) return being(`on the way to ${s.words.view} ${machine.viewChange.view}`);
  if (machine.view !== here) return being(`in ${s.words.view} ${machine.view}`);
  return hasVoted(s, slotOf(voter, seq), voter, of) ?? notYet(s, slotOf(voter, seq), theirs, voter, seq, of);
}

/** It says itself that it has voted: the vote is on its way, or was lost. */
function hasVoted({ facts, slotWords }: Situation, slot: SlotStatus | null, voter: Observation, of: VoteKind): Absence | null {
  const own = facts.protocol === "pbft" && of === "prepare" ? slot?.prepares : slot?.commits;
  return own?.includes(voter.id) ? slotWords.onItsWay : null;
}

function notYet(
  s: Situation,
  slot: SlotStatus | null,
  theirs: SlotStatus | null,
  voter: Observation,
  seq: number,
  of: VoteKind,
): Absence {
  const { slotWords } = s;
  if ((voter.status?.machine.highWaterMark ?? seq) < seq) return { one: "has not come so far", many: "have not come so far" };
  if (slot === null || !slot.prePrepared) return { one: `has no ${slotWords.proposal}`, many: `have no ${slotWords.proposal}` };
  if (theirs !== null && theirs.digest !== null && slot.digest !== theirs.digest) return both("was told of another digest");
  if (of === "commit" && s.facts.protocol === "pbft" && !slot.prepared)
    return { one: "is not prepared", many: "are not prepared" };
  return slotWords.notVoted;
}

/** `replica 3 is down`, `replicas 1 and 2 are down`. */
export function namedIds(ids: readonly number[], { one, many }: Absence): string {
  return `${replicasNamed(ids)} ${ids.length === 1 ? one : many}`;
}

/** `3 is down, 1 and 2 have no pre-prepare`: the ids with the same reason together. */
export function absencesText(list: readonly { readonly id: number; readonly absence: Absence }[]): string {
  return grouped(list)
    .map(({ ids, absence }) => `${listed(ids)} ${ids.length === 1 ? absence.one : absence.many}`)
    .join(", ");
}

/** The same as a sentence of its own: `replica 3 is down`, `replicas 1 and 2 are cut off`. */
export function absenceSentences(list: readonly { readonly id: number; readonly absence: Absence }[]): readonly string[] {
  return grouped(list).map(({ ids, absence }) => namedIds(ids, absence));
}

function grouped(list: readonly { readonly id: number; readonly absence: Absence }[]) {
  const groups = new Map<string, { readonly ids: number[]; readonly absence: Absence }>();
  for (const { id, absence } of list) {
    const group = groups.get(absence.one);
    if (group === undefined) groups.set(absence.one, { ids: [id], absence });
    else group.ids.push(id);
  }
  return [...groups.values()];
}
