import type { MachineStatus } from "@bft/core";
import { replicasNamed } from "../../view/text.js";
import type { Observation } from "../../watch/model.js";
import { outOf } from "./absence.js";
import type { Point } from "./explanation.js";
import { wordsOfReason } from "./reasons/index.js";
import { isCut, type Situation } from "./situation.js";

/** Why what waits has no number yet. @param knownBy replicas that have the request */
export function whyNotProposed(s: Situation, knownBy: readonly number[]): Point {
  const trouble = troubleOfPrimary(s);
  const machine = s.primary?.status?.machine;
  if (trouble !== null || s.primary === null || machine === undefined) return trouble ?? { text: "nobody leads", section: null };
  const name = `${s.words.primary} ${s.primary.id}`;
  if (!knownBy.includes(s.primary.id)) return notWithPrimary(s, s.primary, name, knownBy);
  return full(s, machine, name) ?? { text: `${name} has it and has not proposed it`, section: s.sections.order };
}

/** Why the primary or leader can propose nothing at all, or null. */
export function troubleOfPrimary(s: Situation): Point | null {
  const { primary, words, sections } = s;
  if (primary === null) return { text: `nobody leads ${words.view} ${s.view ?? 0} yet`, section: sections.patience };
  const name = `${words.primary} ${primary.id}`;
  const out = outOf(primary);
  if (out !== null) return { text: `${name} ${out.one}`, section: sections.patience };
  const machine = primary.status?.machine;
  if (machine === undefined) return { text: `${name} says nothing`, section: sections.patience };
  const cut = s.replicas.some((to) => to.id !== primary.id && isCut(primary, to));
  if (s.core.length > 0 && cut && !s.core.includes(primary))
    return { text: `${name} is cut off from the others`, section: sections.patience };
  if (machine.abstaining === null) return null;
  return { text: `${name} has lost its disk and proposes nothing before it votes again`, section: sections.amnesia };
}

function notWithPrimary(s: Situation, primary: Observation, name: string, knownBy: readonly number[]): Point {
  const { sections, words } = s;
  const cut = knownBy.filter((id) => {
    const backup = s.replicas[id];
    return backup !== undefined && isCut(backup, primary);
  });
  const refused = s.trace.refusals.find(({ replica, message, reason }) => {
    const { kind } = wordsOfReason(s.facts.protocol, reason);
    return replica === primary.id && message === "request" && (kind === "bound" || kind === "fault");
  });
  if (refused !== undefined)
    return { text: `${name} refused it: ${wordsOfReason(s.facts.protocol, refused.reason).words}`, section: sections.client };
  const from = replicasNamed(knownBy);
  if (knownBy.length > 0 && cut.length === knownBy.length)
    return { text: `${name} does not have it: what ${from} would pass on to it is cut`, section: sections.client };
  const text =
    knownBy.length === 0
      ? `${name} does not have it`
      : `${name} does not have it, though ${from} passed it on: it was lost on the way, or the ${words.primary} leaves it out`;
  return { text, section: sections.client };
}

/** The pipeline or the window is full, or the batch would be too small to follow the one before it. */
function full(s: Situation, machine: MachineStatus, name: string): Point | null {
  const { facts, sections, words } = s;
  const assigned = Math.max(
    machine.lastExecuted,
    ...machine.slots.filter(({ prePrepared }) => prePrepared).map(({ seq }) => seq),
  );
  if (assigned >= machine.highWaterMark)
    return {
      text: `the window is full: ${name} may assign up to H = ${machine.highWaterMark}; ${whyNotStable(s, machine)}`,
      section: sections.checkpoint,
    };
  const underWay = assigned - machine.lastExecuted;
  if (underWay <= 0) return null;
  const many =
    underWay === 1
      ? `1 ${words.seq} after ${machine.lastExecuted} is`
      : `${underWay} ${words.seq}s after ${machine.lastExecuted} are`;
  const text =
    underWay >= facts.pipelineDepth
      ? `the pipeline is full: ${many} on the way, and none of them is executed`
      : `${many} on the way: what follows waits until it makes as large a batch as the last one, or until nothing is on the way`;
  return { text, section: sections.order };
}

/** Who has voted for the checkpoint that would move the window. */
export function whyNotStable({ facts, words }: Situation, { lowWaterMark, checkpointVotes }: MachineStatus): string {
  const next = lowWaterMark + facts.checkpointInterval;
  if (facts.protocol !== "pbft") return `the ${words.checkpoint} at ${next} is not taken yet`;
  const votes = checkpointVotes.find(({ seq }) => seq === next)?.replicas ?? [];
  const who = votes.length === 0 ? "nobody has voted for it" : `${replicasNamed(votes)} voted for it`;
  return `checkpoint ${next} is not stable: ${who}, ${facts.quorum} are needed`;
}
